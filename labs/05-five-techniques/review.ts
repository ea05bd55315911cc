import type { ChoiceActivity, EssayActivity, MultipleActivity } from '../../src/lab/question';

/** The questions of 5.8, about all five techniques. */

export const survives: MultipleActivity = {
  kind: 'multiple',
  id: 'survives',
  title: 'When the destination dies',
  milliPoints: 750,
  prompt:
    'In the middle of the migration the destination host loses power. With which techniques does the guest ' +
    'survive, whenever that happens before the migration is over?',
  options: [
    {
      id: 'stop-and-copy',
      text: 'stop-and-copy',
      reply: 'The source keeps everything until the hand-over, and the hand-over is the end.',
    },
    {
      id: 'pre-copy',
      text: 'pre-copy',
      reply: 'The source keeps everything until the hand-over, and the hand-over is the end. The guest just goes on.',
    },
    {
      id: 'demand-paging',
      text: 'demand-paging',
      reply: 'After the hand-over its newest memory is spread over two hosts. Losing either loses the guest.',
    },
    {
      id: 'post-copy',
      text: 'post-copy',
      reply: 'From the hand-over to the last page its memory is spread over two hosts. Losing either loses the guest.',
    },
    { id: 'hybrid', text: 'hybrid', reply: 'Safe during the live round, and not after the hand-over.' },
  ],
  answer: ['stop-and-copy', 'pre-copy'],
};

export const knownBeforehand: MultipleActivity = {
  kind: 'multiple',
  id: 'known-beforehand',
  title: 'A deadline',
  milliPoints: 750,
  prompt:
    'The source must be empty in five minutes. For which techniques can you give an upper bound of the total ' +
    'time from the sizes of memory and link alone, without knowing what the guest does?',
  options: [
    {
      id: 'stop-and-copy',
      text: 'stop-and-copy',
      reply: 'Memory divided by link, whatever the guest would have done.',
    },
    {
      id: 'pre-copy',
      text: 'pre-copy',
      reply:
        'Its rounds depend on how fast the guest writes. Only a limit on rounds bounds it, and then the ' +
        "downtime is anybody's guess.",
    },
    {
      id: 'demand-paging',
      text: 'demand-paging',
      reply: 'It ends when the guest has touched every page, which may be never.',
    },
    { id: 'post-copy', text: 'post-copy', reply: 'Every page once. Faults change the order, not the number.' },
    { id: 'hybrid', text: 'hybrid', reply: 'At most every page twice.' },
  ],
  answer: ['stop-and-copy', 'post-copy', 'hybrid'],
};

export const advice: ChoiceActivity = {
  kind: 'choice',
  id: 'advice',
  title: 'Your advice',
  milliPoints: 500,
  prompt:
    'A database guest with 64 GiB writes 200 MiB/s, scattered over 40 GiB. The link carries 1 Gbit/s. Its ' +
    'clients give up after 5 s without an answer; slow answers are fine for some minutes. The network between ' +
    'the hosts is reliable. Which technique do you advise?',
  options: [
    {
      id: 'stop-and-copy',
      text: 'stop-and-copy',
      reply: 'Nine minutes of downtime: 64 GiB at 119 MiB/s. The clients give up after five seconds.',
    },
    {
      id: 'pre-copy',
      text: 'pre-copy',
      reply:
        'It writes faster than the link carries. What is left never shrinks, and 40 GiB are far more than 5 s of link.',
    },
    {
      id: 'demand-paging',
      text: 'demand-paging',
      reply: 'The downtime is short, but the source could never be switched off.',
    },
    {
      id: 'post-copy',
      text: 'post-copy',
      reply:
        'Milliseconds of downtime, nine minutes in all, and slow answers in between, which were allowed. A live ' +
        'round before it would be mostly wasted on this guest.',
    },
  ],
  answer: 'post-copy',
};

export const inYourWords: EssayActivity = {
  kind: 'essay',
  id: 'in-your-words',
  title: 'In your own words',
  milliPoints: 1000,
  prompt:
    'A colleague says: "Post-copy is pre-copy done properly: less downtime, fewer pages, and you know when it ' +
    'ends. Why does anybody still use pre-copy?" Answer in about 150 words. Use at least two numbers that you ' +
    'measured.',
  rubric: [
    'Says that downtime alone is not what users notice, and gives a measured throughput after the hand-over.',
    'Says that post-copy cannot be called off after the hand-over, and that the loss of either host or of the ' +
      'network loses the guest.',
    'Says when pre-copy is as good or better (few writes compared with the link), with a measured figure.',
    'Does not claim that post-copy is always faster: for an idle guest the total times are equal.',
  ],
};
