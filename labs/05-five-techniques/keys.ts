import type { ChoiceActivity, NumberActivity, OrderActivity } from '../../src/lab/question';

/** What is answered by thinking, except for the review. What is answered by measuring is in `predictions.ts`. */

export const whichPart: ChoiceActivity = {
  kind: 'choice',
  id: 'which-part',
  title: 'What takes the time',
  milliPoints: 250,
  prompt:
    'A look back: which part of a running machine takes longest to move, when both hosts use the same shared disk?',
  options: [
    {
      id: 'registers',
      text: "The vCPUs' registers and timers.",
      reply: 'They must move, but they are a few kilobytes per vCPU.',
    },
    {
      id: 'memory',
      text: 'The memory.',
      reply: 'Gigabytes, and the guest keeps changing them. This whole question is about moving it.',
    },
    {
      id: 'connections',
      text: 'The open network connections.',
      reply: "They are not moved at all: sockets live in the guest's memory, and its addresses move along with it.",
    },
    {
      id: 'disk',
      text: 'The disk.',
      reply: 'On shared storage it stays where it is; both hosts reach it over the network.',
    },
  ],
  answer: 'memory',
};

export const stopDowntime: NumberActivity = {
  kind: 'number',
  id: 'stop-downtime',
  title: 'Downtime by hand',
  milliPoints: 500,
  prompt:
    'A guest has 1 GiB of memory, the link carries 128 MiB/s, and the state is too small to matter. How long is ' +
    'the downtime of stop-and-copy?',
  unit: 'duration',
  answer: 8,
  absoluteTolerance: 0.01,
  relativeTolerance: 0,
  explanation:
    '1024 MiB at 128 MiB/s take 8 s. The guest stands still for all of it, so downtime and total time are the same.',
};

export const whyPauseFirst: ChoiceActivity = {
  kind: 'choice',
  id: 'why-pause-first',
  title: 'Why pause first',
  milliPoints: 500,
  prompt:
    'In the worked strategy, suppose `m.pause()` stood directly after the line that sends all pages. What would ' +
    'go wrong?',
  options: [
    {
      id: 'nothing',
      text: 'Nothing. The guest could even work a little longer.',
      reply: 'It would work, and write. The pages that it writes after they were sent are old at the destination.',
    },
    {
      id: 'old-pages',
      text: 'The destination would have old copies of the pages that were written during the copy.',
      reply:
        "A page's content is what it was when its own transmission began. Try it: move the line and check. The " +
        'verdict names the page.',
    },
    {
      id: 'two-guests',
      text: 'The guest would run in both places at once.',
      reply:
        'It is still paused before it is resumed, so it runs in one place only. That rule is kept; another one is not.',
    },
    {
      id: 'longer',
      text: 'The downtime would be longer.',
      reply:
        'It would be much shorter. If only the copy were right, this would be the better technique: hold that thought.',
    },
  ],
  answer: 'old-pages',
};

export const preCopySteps: OrderActivity = {
  kind: 'order',
  id: 'pre-copy-steps',
  title: 'Pre-copy in order',
  milliPoints: 1000,
  prompt: 'Put the steps of a pre-copy migration in order. Two of them belong to other techniques: leave those out.',
  options: [
    {
      id: 'send-state',
      text: 'send vCPU and device state',
      reply: 'State is sent while the guest is paused: registers change with every instruction.',
    },
    {
      id: 'copy-dirty',
      text: 'send those pages, and repeat from the reading of the bitmap until what is left is small',
      reply: 'Before pages can be sent again, somebody has to find out which ones were written.',
    },
    {
      id: 'discard',
      text: 'tell the destination to drop its old copies',
      reply: 'Pre-copy replaces old copies by new ones before the hand-over. Dropping them is what hybrid does.',
    },
    {
      id: 'resume',
      text: 'run the guest at the destination',
      reply: 'Before the hand-over, everything must have arrived.',
    },
    {
      id: 'copy-all',
      text: 'send all pages while the guest runs',
      reply: 'The first copy comes first: it is by far the longest, and it costs no downtime.',
    },
    {
      id: 'last-pages',
      text: 'send the pages that are still dirty',
      reply: 'The last dirty pages are sent when no more can become dirty.',
    },
    {
      id: 'serve-faults',
      text: 'send the pages that the guest asks for',
      reply: 'In pre-copy the guest never has to ask: its memory is there when it starts.',
    },
    {
      id: 'read-bitmap',
      text: 'read and clear the dirty bitmap',
      reply: 'The bitmap says what was written since it was last read. Read it once the pages before have been sent.',
    },
    {
      id: 'pause',
      text: 'pause the guest',
      reply: 'The guest is paused as late as possible, and before the last dirty pages are sent.',
    },
  ],
  answer: ['copy-all', 'read-bitmap', 'copy-dirty', 'pause', 'last-pages', 'send-state', 'resume'],
  explanation:
    'Long and harmless first, short and painful last. State goes last of all, unlike in demand paging and ' +
    'post-copy, where it is all that goes before the hand-over.',
};

export const secondRound: NumberActivity = {
  kind: 'number',
  id: 'second-round',
  title: 'The second round',
  milliPoints: 500,
  prompt:
    'The guest has 262,144 pages, the link carries 32,768 pages/s, and the guest writes 8,192 distinct pages/s, ' +
    'never the same one twice within a round. How many pages does the second round have to send?',
  unit: 'pages',
  answer: 65536,
  absoluteTolerance: 0,
  relativeTolerance: 0.001,
  explanation:
    'The first round takes 262,144 / 32,768 = 8 s, and in 8 s the guest writes 8 × 8,192 = 65,536 pages. Each ' +
    'round is a quarter of the one before, because 8,192 / 32,768 = ¼.',
};

export const costOfAFault: NumberActivity = {
  kind: 'number',
  id: 'cost-of-a-fault',
  title: 'The cost of a fault',
  milliPoints: 500,
  prompt:
    'The latency is 0.1 ms each way, and a page with its header is 4,104 bytes on a link that carries ' +
    '125,000,000 bytes/s. How long does a vCPU wait for one missing page?',
  unit: 'duration',
  answer: 2e-4 + 4104 / 125e6,
  absoluteTolerance: 0,
  relativeTolerance: 0.03,
  explanation:
    'The request travels for 0.1 ms, the page is sent in 0.033 ms and travels for 0.1 ms: 0.233 ms. Most of it ' +
    'is distance, not bandwidth.',
};

export const switchOff: ChoiceActivity = {
  kind: 'choice',
  id: 'switch-off',
  title: 'Switching off the source',
  milliPoints: 250,
  prompt: 'The experiment above has come to rest: no fault for a second. May the source be switched off now?',
  options: [
    {
      id: 'switch-it-off',
      text: 'Yes: the guest has everything that it works with.',
      reply:
        'Until it touches something else: a file it read yesterday, a program that starts at midnight. Those ' +
        'pages exist nowhere but at the source.',
    },
    {
      id: 'keep-it',
      text: 'No: the only copy of the untouched pages is at the source.',
      reply: 'This is called a residual dependency. It has no end that anybody could name.',
    },
    {
      id: 'after-a-minute',
      text: 'Yes, if it stays quiet for a whole minute.',
      reply: 'No time is long enough. A page that was not touched for a minute may be touched in the next.',
    },
  ],
  answer: 'keep-it',
};

export const whyNoTracking: ChoiceActivity = {
  kind: 'choice',
  id: 'why-no-tracking',
  title: 'No bitmap in post-copy',
  milliPoints: 250,
  prompt: 'Post-copy never reads the dirty bitmap. Why can it do without?',
  options: [
    {
      id: 'source-stands-still',
      text: 'While pages are sent, the guest does not run at the source, so nothing there can change.',
      reply:
        'A page that has not left yet is as it was at the pause, and one that has left belongs to the destination.',
    },
    {
      id: 'faults-replace-it',
      text: 'Page faults tell it which pages were written.',
      reply:
        'A fault says that a page is wanted, by a read or a write. It says nothing about changes at the source, ' +
        'and there are none.',
    },
    {
      id: 'second-pass',
      text: 'It sends everything twice instead.',
      reply: 'It sends everything exactly once. You have just seen the count.',
    },
  ],
  answer: 'source-stands-still',
};

export const hybridBound: NumberActivity = {
  kind: 'number',
  id: 'hybrid-bound',
  title: 'The most that hybrid sends',
  milliPoints: 500,
  prompt:
    'Hybrid does one live round and then discards what is stale. A guest has 262,144 pages. At most how many ' +
    'page transmissions can that take, however fast it writes?',
  unit: 'pages',
  answer: 524288,
  absoluteTolerance: 0,
  relativeTolerance: 0.001,
  explanation:
    'Every page moves once in the live round. Those that are discarded move once more, and no more than all can ' +
    'be discarded: 2 × 262,144.',
};
