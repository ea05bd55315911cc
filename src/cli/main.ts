// First: from here on Ctrl-C has its exit code.
import { leave } from './signals';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ENGINE_VERSION } from '../engine/version';
import { check } from './check';
import { Exit, HostError, Interrupted, UsageError } from './exit';
import { tell } from './printed';
import { qemuCompare } from './qemu-compare';
import { qemuRecord } from './qemu-record';
import { qemuRun } from './qemu-run';
import { simulate } from './simulate';
import { whyNotWritten } from './system-words';

/** The `vmlab` command. Results go to stdout, everything else to stderr. */
const program = new Command('vmlab')
  .description('Live Migration Lab: simulate live migrations of virtual machines, and check strategies.')
  .version(ENGINE_VERSION)
  .exitOverride()
  // Its own messages as all others: one line, from us.
  .configureOutput({ outputError: (text) => tell(text.replace(/^error: /, '').trim().replace(/\s+/g, ' ')) })
  .configureHelp({ showGlobalOptions: true });

/** How a command ends, for its help. */
function exitCodes(codes: Readonly<Record<number, string>>): string {
  const all = { ...codes, [Exit.interrupted]: 'interrupted by Ctrl-C; 143 by SIGTERM' };
  return `\nExit codes:\n${Object.entries(all).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`).join('\n')}`;
}

const RUN_CODES = exitCodes({
  [Exit.ok]: 'all runs were made, whatever came of them',
  [Exit.usage]: 'the input cannot be used, or a run of it could not be made: the other runs are printed',
  [Exit.infra]: 'this computer could not do it, or not write the results: what was done is printed',
});

/** Each is two processes: more say more of this computer than of migration. */
const MOST_GUESTS = 16;

const qemuPath = () =>
  new Option('--qemu <path>', 'the qemu-system-x86_64 to use, instead of the first one in PATH').argParser(readQemuPath);

const seed = () => new Option('--seed <number>', 'seed of all random choices').argParser(readSeed);

program
  .command('simulate')
  .description('run an experiment: one report for each technique and each point of its sweep')
  .argument('<experiment>', 'a YAML or JSON file, or - for standard input')
  .option('--json', 'print JSON: one document, or JSON Lines for several reports')
  .addOption(
    new Option('--query-migrate', "print what QEMU's query-migrate would say: JSON, a line for each run").conflicts('json'),
  )
  .option('--trace <file>', 'write all that happens in a single run as JSON Lines; - for standard output, instead of a report')
  .addOption(seed())
  .addHelpText('after', RUN_CODES)
  .action(simulate);

program
  .command('check')
  .description('check a strategy against the workloads of its task; exit 0 if it passes, 1 if not')
  .argument('<question>', 'a question, by number or id, e.g. 5 or 05-five-techniques')
  .argument('<file>', 'the strategy, a TypeScript file')
  .option('--task <id>', 'the task, if the file does not have the name that the task gives it')
  .option('--json', 'print the verdict as one JSON document')
  .addOption(seed())
  .addHelpText(
    'after',
    exitCodes({
      [Exit.ok]: 'the strategy passes',
      [Exit.failed]: 'it does not',
      [Exit.usage]: 'the question, the task or the file cannot be used',
      [Exit.infra]: 'this computer could not check it, or not write the verdict',
    }),
  )
  .action(check);

const qemu = program.command('qemu').description('the same on real QEMU, where it is installed');

qemu
  .command('run')
  .description('run an experiment with real QEMUs on this computer: one report for each technique and each point of its sweep')
  .argument('<experiment>', 'a YAML or JSON file, or - for standard input')
  .option('--json', 'print JSON: one document, or JSON Lines for several reports')
  .addOption(new Option('--query-migrate', "print QEMU's own answer: JSON, a line for each run").conflicts('json'))
  .addOption(new Option('--guests <number>', 'migrate so many guests of this kind over the one link').default(1).argParser(readGuests))
  .option('--parallel', 'all of them at once, instead of one after the other')
  .addOption(qemuPath())
  .addOption(seed())
  .addHelpText('after', RUN_CODES)
  .action(qemuRun);

qemu
  .command('compare')
  .description('run a matrix of experiments on real QEMU and in the simulator, and say by how much the simulator is off')
  .option('--quick', 'a small matrix: one cell of each kind')
  .addOption(new Option('--repetitions <number>', 'how often each cell is run').default(3).argParser(readSeconds))
  .option('--results <file>', 'raw results, one JSON document a line: what is there is not run again, what is run is added')
  .option('--no-measure', 'run nothing on QEMU: compare what the file of results holds with the simulator')
  .option('--chart <file>', 'draw total times and downtimes as an SVG')
  .addOption(new Option('--markdown', "tables in GitHub's Markdown").conflicts('json'))
  .option('--json', 'print the comparison as one JSON document')
  .addOption(qemuPath())
  .addHelpText(
    'after',
    exitCodes({
      [Exit.ok]: 'compared, however far the simulator is off',
      [Exit.usage]: 'an option or the file of results cannot be used',
      [Exit.infra]: 'QEMU or this computer failed: what was measured is compared and kept',
    }),
  )
  .action(qemuCompare);

qemu
  .command('record')
  .description('record what real guests do to their memory, as traces that experiments can use as workloads')
  .argument('<workload...>', 'idle, redis, nginx, sqlite, gcc, tar, or all; guests of one command can be compared with each other')
  .requiredOption('--out <folder>', 'where the traces go')
  .addOption(new Option('--seconds <number>', 'guest time to record').default(30).argParser(readSeconds))
  .addOption(new Option('--warm-up <seconds>', 'guest time between the workload and the recording').default(10).argParser(readSeconds))
  .addOption(new Option('--minutes <number>', 'time of this computer after which a guest is left with what it has').argParser(readSeconds))
  .option('--cache <folder>', 'where the image and finished guests are kept, instead of ~/.cache/vmlab')
  .option('--json', 'print what was recorded as one JSON document')
  .addOption(qemuPath())
  .addHelpText(
    'after',
    exitCodes({
      [Exit.ok]: 'recorded',
      [Exit.usage]: 'a workload, an option or a folder cannot be used',
      [Exit.infra]: 'QEMU or this computer failed: guests that were finished are not recorded again',
    }),
  )
  .action(qemuRecord);

function readGuests(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_GUESTS) return value;
  throw new InvalidArgumentError(`expected a whole number from 1 to ${MOST_GUESTS}.`);
}

function readQemuPath(text: string): string {
  if (text === '') throw new UsageError('--qemu needs the path of a QEMU, and this one is empty.');
  return text;
}

function readSeconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError('expected a whole number from 1 to 3600.');
}

function readSeed(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value < 2 ** 32) return value;
  throw new InvalidArgumentError('expected a whole number from 0 to 4294967295.');
}

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? Exit.ok);
  } catch (error) {
    // Commander has printed its own message, and --help and --version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
    if (error instanceof UsageError || error instanceof HostError) {
      tell(...error.sentences);
      return error instanceof UsageError ? Exit.usage : Exit.infra;
    }
    // At once: output that nobody takes could hold an ordinary end up for as long as its reader likes.
    if (error instanceof Interrupted) leave();
    tell(`this is our fault, not yours: ${error instanceof Error ? error.message : String(error)}`);
    return Exit.infra;
  }
}

// Whoever reads has read enough, as `head` does: not an error, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  tell(`the results could not be written to standard output: ${whyNotWritten(error)}.`);
  process.exit(Exit.infra);
});
// Then nobody can be told anything, but the exit code still says how it ended.
process.stderr.on('error', () => undefined);

void main().then((code) => {
  process.exitCode = code;
});
