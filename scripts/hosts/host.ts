/** A running VS Code with the lab, to be opened in a browser. */
export interface Host {
  kind: HostKind;
  /** The address to open. */
  url: string;
  close(): Promise<void>;
}

/** Where extensions run: in a worker of the browser, or in a Node process. */
export type HostKind = 'web' | 'node';

export interface HostOptions {
  /** The folder to open. */
  folder: string;
  /** The extension: the checkout or an unpacked package. */
  extension: string;
  /** Run the test bundles of `extension` instead of opening the lab for a person. */
  tests: boolean;
}

/** Requests that stay here: to this computer, and to the name under which webviews see an extension's own files. */
export function isLocal(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (!/^(https?|wss?):$/.test(protocol)) return true;
  return /(^|\.)localhost$/.test(hostname) || hostname === '127.0.0.1'
    // A fictitious name: VS Code's service worker answers it.
    || hostname.endsWith('.vscode-resource.vscode-cdn.net');
}
