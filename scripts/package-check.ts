import { SHIPPED_TRACES } from '../src/lab/experiment/shipped-traces';
import { checkout } from './checkout';

/** What may be in the package; everything else is a mistake, however harmless. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package(\.nls(\.[\w-]+)?)?\.json$/,
  /^extension\/(readme|changelog)\.md$/,
  /^extension\/LICENSE\.txt$/,
  /^extension\/l10n\/[^/]+\.json$/,
  /^extension\/media\/[^/]+\.(png|svg)$/,
  /^extension\/media\/traces\/[a-z-]+\.vmtrace$/,
  /^extension\/media\/walkthrough\/[^/]+\.(md|svg|png)$/,
  /^extension\/dist\/(extension\.(node|web)|renderer|worker\.(node|web)|cli)\.js$/,
  /^extension\/dist\/quickjs\.wasm$/,
  // The learner's course; `solutions` or hidden workloads would have other names.
  /^extension\/dist\/course\/(?!.*(reference|wrong)\/).+$/,
];

/** Bytes, compressed. A package that grows beyond it has got something that nobody decided on. */
const largest = 8 * 1024 * 1024;

interface Manifest {
  main: string;
  browser: string;
  icon?: string;
  bin: Record<string, string>;
  contributes: { notebookRenderer?: { entrypoint: string }[] };
}
export interface Finding {
  title: string;
  /** Undefined if all is well. */
  problem: string | undefined;
}

/** Compares the files of a .vsix with what should be there. `size` is the archive's, in bytes. */
export function checkPackage(files: Map<string, Buffer>, size: number, manifest: Manifest): Finding[] {
  const names = [...files.keys()];
  const strange = names.filter((name) => !allowed.some((pattern) => pattern.test(name)));
  const { main, browser, icon, bin, contributes } = manifest;
  const entrypoints = (contributes.notebookRenderer ?? []).map(({ entrypoint }) => entrypoint);
  const needed = [
    main, browser, ...icon ? [icon] : [], ...Object.values(bin), ...entrypoints,
    'dist/worker.node.js', 'dist/worker.web.js', 'dist/quickjs.wasm', 'readme.md', 'changelog.md', 'LICENSE.txt',
    ...Object.keys(SHIPPED_TRACES).map((name) => `media/traces/${name}.vmtrace`),
  ];
  const missing = needed.map((path) => `extension/${path.replace(/^\.\//, '')}`).filter((name) => !files.has(name));
  const course = names.filter((name) => name.startsWith('extension/dist/course/') && name.endsWith('.vmlab.ipynb'));
  const revealing = names.filter((name) => name.startsWith('extension/dist/') && files.get(name)?.includes(checkout));
  return [
    finding('the package holds nothing but what is on the list', strange),
    finding('the package holds all that its manifest names', missing),
    finding('the package holds the course', course.length > 0 ? [] : ['no lesson in dist/course']),
    finding('the package tells nothing about the computer it was built on', revealing),
    finding(`the package has at most ${largest / 1024 / 1024} MiB`, size <= largest ? [] : [`${size} bytes`]),
  ];
}

function finding(title: string, problems: string[]): Finding {
  return { title, problem: problems.length === 0 ? undefined : problems.join(', ') };
}
