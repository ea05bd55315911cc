import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Random } from '../../engine/guest/random';
import { findTool, run } from './command';
import { cpioArchive, type ArchiveFile } from './cpio';
import { cFunctions, DISK_INIT, DISK_MODULES, INIT, NGINX_CONF } from './guest-scripts';
import { RecordError } from './record-error';
import { WORKLOADS } from './workloads';

/** What guests that are recorded boot from. */
export interface RecordingImage {
  /** Files. */
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  /** Versions of Debian's packages, by name; the kernel's is `linux`. */
  readonly versions: Readonly<Record<string, string>>;
  /** CONFIG_HZ of the kernel. */
  readonly ticksPerSecond: number;
  /** Differs between images that were made of different things. */
  readonly key: string;
}

export interface ImageOptions {
  readonly signal?: AbortSignal;
  progress?(step: string): void;
}

type Described = Pick<RecordingImage, 'versions' | 'ticksPerSecond'>;

/** What the disk is made of, with all that it depends on. */
const PACKAGES = [
  'busybox-static', 'redis-server', 'redis-tools', 'nginx-light', 'apache2-utils', 'sqlite3', 'gcc', 'libc6-dev', 'tar',
  'gzip', 'coreutils', 'bash',
];
/** Depends on the newest kernel for virtual machines, whose name has its version. */
const KERNEL = 'linux-image-cloud-amd64';
/** Sparse: what it takes on the host is what is in it. */
const DISK_SIZE = '1G';

/** Each tool, and the Debian package that brings it. */
const TOOLS = { 'apt-get': 'apt', 'apt-cache': 'apt', 'dpkg-deb': 'dpkg', tar: 'tar', mke2fs: 'e2fsprogs' } as const;

/**
 * Kernel, initial file system and disk of the guests, made out of Debian's packages in the folder `cache`; what is there
 * already is used again. Nothing is mounted and nobody has to be root. The only network it uses is Debian's package
 * mirror, as this machine's apt is set up. Throws a RecordError in one sentence if a tool is missing.
 */
export async function recordingImage(cache: string, options: ImageOptions = {}): Promise<RecordingImage> {
  const key = contentsKey();
  const folder = join(cache, `image-${key}`);
  const description = join(folder, 'image.json');
  const files = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd.gz'), disk: join(folder, 'disk.img') };
  if (existsSync(description)) {
    return { ...files, ...(JSON.parse(await readFile(description, 'utf8')) as Described), key };
  }
  const missing = missingTools();
  if (missing) throw new RecordError(missing);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const packages = join(cache, 'packages');
  await mkdir(packages, { recursive: true });

  const build = new ImageBuild(folder, packages, options);
  const versions = await build.download();
  await build.unpackRoot();
  const ticksPerSecond = await build.unpackKernel(files);
  await build.makeDisk(files.disk);
  // Last, and in one step: whoever finds this file finds an image that is complete.
  const described: Described = { versions, ticksPerSecond };
  await writeFile(`${description}.part`, JSON.stringify(described, null, 2));
  await rename(`${description}.part`, description);
  return { ...files, ...described, key };
}

/** A sentence about what this machine lacks, or undefined if images can be made on it. */
export function missingTools(): string | undefined {
  const missing = Object.entries(TOOLS).filter(([tool]) => findTool(tool) === undefined);
  if (missing.length === 0) return undefined;
  const names = missing.map(([tool, owner]) => `${tool} (Debian package ${owner})`).join(', ');
  return `The guests' disk is made on Debian or Ubuntu, and this machine lacks ${names}.`;
}

/** A different script makes a different image. */
function contentsKey(): string {
  const parts = [PACKAGES, KERNEL, INIT, DISK_INIT, NGINX_CONF, cFunctions(), WORKLOADS.map(({ script }) => script)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

class ImageBuild {
  readonly #root: string;
  #archives: string[] = [];
  #kernelArchive = '';

  constructor(
    private readonly folder: string,
    private readonly packages: string,
    private readonly options: ImageOptions,
  ) {
    this.#root = join(folder, 'root');
  }

  /** Downloads the packages and all that they need. Returns their versions by name. */
  async download(): Promise<Record<string, string>> {
    this.#step('Asking apt which packages are needed');
    const nothingInstalled = join(this.folder, 'no-packages');
    await writeFile(nothingInstalled, '');
    const plan = await this.#run('apt-get', [
      '-s', '-o', `Dir::State::status=${nothingInstalled}`, '--no-install-recommends', 'install', ...PACKAGES,
    ]);
    const versions = Object.fromEntries([...plan.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name, version]) => [name!, version!]));
    const kernel = /Depends: (linux-image-\S+)/.exec(await this.#run('apt-cache', ['depends', KERNEL]))?.[1];
    if (!kernel) throw new RecordError(`apt knows no package ${KERNEL}: run apt-get update.`);
    const kernelVersion = /Version: (\S+)/.exec(await this.#run('apt-cache', ['show', '--no-all-versions', kernel]))?.[1];
    if (!kernelVersion) throw new RecordError(`apt knows no version of ${kernel}: run apt-get update.`);
    const wanted = { ...versions, [kernel]: kernelVersion };

    this.#step(`Downloading ${Object.keys(wanted).length} Debian packages`);
    const have = await readdir(this.packages);
    const lacking = Object.entries(wanted).filter(([name, version]) => !archiveOf(have, name, version));
    if (lacking.length > 0) {
      await this.#run('apt-get', ['download', ...lacking.map(([name, version]) => `${name}=${version}`)], this.packages);
    }
    const archives = await readdir(this.packages);
    const pathOf = ([name, version]: [string, string]) => {
      const archive = archiveOf(archives, name, version);
      if (!archive) throw new RecordError(`apt-get downloaded no ${name} ${version}: run apt-get update and try again.`);
      return join(this.packages, archive);
    };
    this.#archives = Object.entries(versions).map(pathOf);
    this.#kernelArchive = pathOf([kernel, kernelVersion]);
    return { ...versions, linux: kernelVersion };
  }

  /** The tree of the disk. Its links come first, so that unpacking goes through them instead of replacing them. */
  async unpackRoot(): Promise<void> {
    this.#step('Unpacking packages');
    const folders = ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'usr/local/bin', 'proc', 'sys', 'dev', 'tmp', 'run', 'root', 'var/tmp'];
    for (const folder of folders) await mkdir(join(this.#root, folder), { recursive: true });
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(this.#root, name));
    for (const archive of this.#archives) await this.#unpack(archive, this.#root);
    await this.#linkApplets();
    await this.#write('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\nredis:x:100:100::/:/bin/sh\n');
    await this.#write('etc/group', 'root:x:0:\nwww-data:x:33:\nredis:x:100:\n');
    await this.#write('lab/init', DISK_INIT, 0o755);
    await this.#write('lab/nginx.conf', NGINX_CONF);
    await this.#write('lab/functions.c', cFunctions());
    for (const { name, script } of WORKLOADS) await this.#write(`lab/workloads/${name}`, script);
    await mkdir(join(this.#root, 'var/log/nginx'), { recursive: true });
    await mkdir(join(this.#root, 'var/spool/cron/crontabs'), { recursive: true });
    await this.#writeSite();
  }

  /** The kernel as a file, and an initial file system that has just what leads to the disk. Returns ticks per second. */
  async unpackKernel({ kernel, initrd }: { kernel: string; initrd: string }): Promise<number> {
    this.#step('Making the initial file system');
    const tree = join(this.folder, 'kernel');
    await mkdir(tree, { recursive: true });
    await this.#unpack(this.#kernelArchive, tree);
    const image = (await readdir(join(tree, 'boot'))).find((name) => name.startsWith('vmlinuz-'));
    if (!image) throw new RecordError(`The package ${KERNEL} has no kernel in /boot.`);
    await cp(join(tree, 'boot', image), kernel);
    const all = await readdir(tree, { recursive: true });
    const modules = DISK_MODULES.map(async (name): Promise<ArchiveFile> => {
      const path = all.find((each) => each.endsWith(`/${name}.ko`));
      if (!path) throw new RecordError(`The kernel's package has no module ${name}.ko.`);
      return { path: `modules/${name}.ko`, bytes: await readFile(join(tree, path)), mode: 0o644 };
    });
    const files: ArchiveFile[] = [
      { path: 'init', bytes: Buffer.from(INIT), mode: 0o755 },
      { path: 'bin/busybox', bytes: await readFile(join(this.#root, 'usr/bin/busybox')), mode: 0o755 },
      ...(await Promise.all(modules)),
    ];
    await writeFile(initrd, gzipSync(cpioArchive(files, ['proc', 'sys', 'dev', 'mnt'])));
    const config = (await readdir(join(tree, 'boot'))).find((name) => name.startsWith('config-'));
    const ticks = config && /^CONFIG_HZ=(\d+)$/m.exec(await readFile(join(tree, 'boot', config), 'utf8'))?.[1];
    if (!ticks) throw new RecordError(`The package ${KERNEL} does not say how often its kernel's clock ticks.`);
    await rm(tree, { recursive: true });
    return Number(ticks);
  }

  async makeDisk(disk: string): Promise<void> {
    this.#step('Making the disk');
    await this.#run('mke2fs', ['-q', '-t', 'ext4', '-E', 'root_owner=0:0', '-d', this.#root, '-L', 'root', disk, DISK_SIZE]);
    await rm(this.#root, { recursive: true });
  }

  /** Busybox under the names of the tools that no package brought. */
  async #linkApplets(): Promise<void> {
    const applets = (await this.#run(join(this.#root, 'usr/bin/busybox'), ['--list'])).trim().split('\n');
    const folders = ['usr/bin', 'usr/sbin'];
    for (const applet of applets) {
      if (folders.some((folder) => existsSync(join(this.#root, folder, applet)))) continue;
      await symlink('/usr/bin/busybox', join(this.#root, 'usr/local/bin', applet)).catch(() => undefined);
    }
    const shell = join(this.#root, 'usr/bin/sh');
    await rm(shell, { force: true });
    await symlink('busybox', shell);
  }

  /** 200 files of 4 to 512 KiB for the web server: words of random digits, compressible as text is. */
  async #writeSite(): Promise<void> {
    const random = new Random(1, 0);
    for (let i = 0; i < 200; i++) {
      const words = (4096 << random.below(8)) / 8;
      const text = Array.from({ length: words }, () => `${String(random.below(10_000_000)).padStart(7, '0')} `);
      await this.#write(`lab/www/${i}`, text.join(''));
    }
  }

  async #write(path: string, text: string, mode = 0o644): Promise<void> {
    const file = join(this.#root, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text, { mode });
  }

  /** `dpkg -x` would replace a link to a folder by a folder; tar can be told not to. */
  async #unpack(archive: string, into: string): Promise<void> {
    const tarball = join(this.folder, 'package.tar');
    await this.#run('sh', ['-c', 'exec "$0" --fsys-tarfile "$1" >"$2"', 'dpkg-deb', archive, tarball]);
    await this.#run('tar', ['-x', '--no-same-owner', '--keep-directory-symlink', '-f', tarball, '-C', into]);
    await rm(tarball);
  }

  #run(tool: string, args: readonly string[], cwd?: string): Promise<string> {
    return run(findTool(tool) ?? tool, args, { cwd, signal: this.options.signal });
  }

  #step(step: string): void {
    this.options.progress?.(step);
  }
}

/** The archive of this package and version: apt writes the colon of an epoch as %3a. */
function archiveOf(archives: readonly string[], name: string, version: string): string | undefined {
  const start = `${name}_${version.replaceAll(':', '%3a')}_`;
  return archives.find((archive) => archive.startsWith(start) && archive.endsWith('.deb'));
}
