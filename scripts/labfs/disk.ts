import * as vscode from 'vscode';

interface Change {
  type: vscode.FileChangeType;
  path: string;
}

/** `labfs:/<folder>/a/b` is the file a/b of the served folder; the server of `npm start` does the work. */
export class Disk implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  private readonly events: EventSource;

  /** `base` is the secret address under which this extension is served. */
  constructor(private readonly base: string) {
    this.events = new EventSource(`${base}/watch`);
    this.events.onmessage = ({ data }: MessageEvent<string>) => {
      const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'labfs');
      if (!folder) return;
      const changes = JSON.parse(data) as Change[];
      this.changes.fire(changes.map(({ type, path }) => ({ type, uri: vscode.Uri.joinPath(folder.uri, path) })));
    };
  }

  dispose(): void {
    this.events.close();
    this.changes.dispose();
  }

  /** The server tells every change in the folder; there is nothing to choose. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return await (await this.ask(uri, 'GET', 'stat')).json() as vscode.FileStat;
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const entries = await (await this.ask(uri, 'GET', 'readdir')).json() as { name: string; type: vscode.FileType }[];
    return entries.map(({ name, type }) => [name, type]);
  }

  /** All files below `uri`, as paths inside the served folder. */
  async files(uri: vscode.Uri): Promise<string[]> {
    return await (await this.ask(uri, 'GET', 'files')).json() as string[];
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new Uint8Array(await (await this.ask(uri, 'GET', '')).arrayBuffer());
  }

  async writeFile(
    uri: vscode.Uri, content: Uint8Array, { create, overwrite }: { create: boolean; overwrite: boolean },
  ): Promise<void> {
    // The copy satisfies fetch, which takes no view of a shared buffer.
    await this.ask(uri, 'PUT', flags({ create, overwrite }), new Uint8Array(content));
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await this.ask(uri, 'POST', 'mkdir');
  }

  async delete(uri: vscode.Uri, { recursive }: { recursive: boolean }): Promise<void> {
    await this.ask(uri, 'DELETE', flags({ recursive }));
  }

  async rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { overwrite: boolean }): Promise<void> {
    await this.ask(from, 'POST', `rename=${encodeURIComponent(address(to))}&${flags({ overwrite })}`);
  }

  private async ask(uri: vscode.Uri, method: string, query: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> {
    const response = await fetch(`${this.base}/fs/${address(uri)}?${query}`, { method, ...(body ? { body } : {}) });
    if (response.ok) return response;
    throw fileSystemError(uri, response.headers.get('X-Error'), await response.text());
  }
}

/** The path inside the served folder, encoded for an address: the first name is the folder itself. */
function address(uri: vscode.Uri): string {
  return uri.path.split('/').filter((name) => name !== '').slice(1).map(encodeURIComponent).join('/');
}

function flags(values: Record<string, boolean>): string {
  return Object.entries(values).filter(([, on]) => on).map(([name]) => name).join('&');
}

function fileSystemError(uri: vscode.Uri, code: string | null, message: string): vscode.FileSystemError {
  switch (code) {
    case 'FileNotFound': return vscode.FileSystemError.FileNotFound(uri);
    case 'FileExists': return vscode.FileSystemError.FileExists(uri);
    case 'FileIsADirectory': return vscode.FileSystemError.FileIsADirectory(uri);
    case 'FileNotADirectory': return vscode.FileSystemError.FileNotADirectory(uri);
    case 'NoPermissions': return vscode.FileSystemError.NoPermissions(message.trim());
    default: return vscode.FileSystemError.Unavailable(message.trim());
  }
}
