import { hostName } from './guard';

export interface PageOptions {
  port: number;
  /** The path under which the file system of the browser's VS Code is served; it holds the secret. */
  diskPath: string;
  /** The name shown above the explorer's files. */
  folderName: string;
  /** Path of the test bundle inside the extension; given only by the tests. */
  tests?: string;
}

/** Nothing that asks, advertises or fetches: the page has to work without the internet and without distraction. */
export const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  // IntelliSense over several files, in the browser.
  'typescript.tsserver.web.projectWideIntellisense.enabled': true,
  'typescript.tsserver.web.projectWideIntellisense.suppressSemanticErrors': false,
  'typescript.tsserver.web.typeAcquisition.enabled': false,
};

/** What the workbench is told at its start: `IWorkbenchConstructionOptions` of VS Code. */
export function workbenchOptions({ port, diskPath, folderName, tests }: PageOptions): object {
  const authority = `${hostName}:${port}`;
  const at = (path: string): object => ({ scheme: 'http', authority, path });
  const lab = at('/ext/lab');
  return {
    folderUri: { scheme: 'labfs', authority: '', path: `/${folderName}` },
    additionalBuiltinExtensions: [at(diskPath), ...(tests ? [] : [lab])],
    developmentOptions: tests ? { extensions: [lab], extensionTestsPath: at(`/ext/lab/${tests}`) } : undefined,
    enableWorkspaceTrust: false,
    configurationDefaults: quiet,
    productConfiguration: {
      nameShort: 'Live Migration Lab',
      nameLong: 'Live Migration Lab',
      enableTelemetry: false,
      quality: 'stable',
      extensionEnabledApiProposals: { 'live-migration-lab.labfs': ['fileSearchProvider', 'textSearchProvider'] },
      // Webviews are frames of sub-domains. A sub-domain of lab.localhost is the same site as the page, so that their
      // service workers are first-party; one of plain localhost would not be, and they would stay blank.
      webEndpointUrlTemplate: `http://{{uuid}}.${authority}/vscode`,
      webviewContentExternalBaseUrlTemplate:
        `http://{{uuid}}.${authority}/vscode/out/vs/workbench/contrib/webview/browser/pre/`,
    },
  };
}

/** The page that holds the workbench. */
export function page(options: PageOptions): string {
  const root = `http://${hostName}:${options.port}/vscode`;
  const configuration = JSON.stringify(workbenchOptions(options)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Live Migration Lab</title>
<link rel="icon" href="/vscode/favicon.ico">
<link rel="stylesheet" href="/vscode/out/vs/workbench/workbench.web.main.internal.css">
<style>[id="chat.statusBarEntry"] { display: none !important }</style>
<script>globalThis._VSCODE_FILE_ROOT = '${root}/out/'</script>
</head>
<body aria-label="">
<script type="module">
import '/vscode/out/nls.messages.js';
const { default: start } = await import('/vscode/workbench.js');
start(document.body, ${configuration});
</script>
</body>
</html>
`;
}

/** The frame of the extension host allows only localhost in its content security policy: add this page's own address. */
export function extensionHostFrame(html: string, port: number): string {
  return html.replaceAll('http://localhost:*', `http://${hostName}:${port} http://localhost:*`);
}
