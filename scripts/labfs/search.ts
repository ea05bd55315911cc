import * as vscode from 'vscode';
import type { Disk } from './disk';

/**
 * "Go to file" and "Search" for a folder without a disk of its own. VS Code offers them to such folders only through two
 * proposed interfaces; the parts of them used here are written down below, from vscode.proposed.*SearchProvider.d.ts.
 */
interface SearchWorkspace {
  registerFileSearchProvider(scheme: string, provider: {
    provideFileSearchResults(query: { pattern: string }, options: Options): Promise<vscode.Uri[]>;
  }): vscode.Disposable;
  registerTextSearchProvider(scheme: string, provider: {
    provideTextSearchResults(
      query: TextQuery, options: Options, progress: vscode.Progress<TextMatch>, token: vscode.CancellationToken,
    ): Promise<{ limitHit: boolean }>;
  }): vscode.Disposable;
}
interface Options {
  folder: vscode.Uri;
  maxResults?: number;
}
interface TextQuery {
  pattern: string;
  isMultiline?: boolean;
  isRegExp?: boolean;
  isCaseSensitive?: boolean;
  isWordMatch?: boolean;
}
interface TextMatch {
  uri: vscode.Uri;
  ranges: vscode.Range;
  preview: { text: string; matches: vscode.Range };
}

export function registerSearch(disk: Disk): vscode.Disposable[] {
  const workspace = vscode.workspace as typeof vscode.workspace & SearchWorkspace;

  async function files(folder: vscode.Uri): Promise<vscode.Uri[]> {
    return (await disk.files(folder)).map((path) => vscode.Uri.joinPath(root(folder), path));
  }

  return [
    // VS Code filters and ranks by itself.
    workspace.registerFileSearchProvider('labfs', {
      provideFileSearchResults: (_query, { folder }) => files(folder),
    }),
    workspace.registerTextSearchProvider('labfs', {
      async provideTextSearchResults(query, { folder, maxResults = 2000 }, progress, token) {
        const pattern = regularExpression(query);
        let found = 0;
        for (const uri of await files(folder)) {
          const text = new TextDecoder().decode(await disk.readFile(uri));
          for (const [row, line] of text.split(/\r?\n/).entries()) {
            for (const { index, 0: { length } } of line.matchAll(pattern)) {
              if (token.isCancellationRequested || found >= maxResults) return { limitHit: found >= maxResults };
              if (length === 0) continue;
              found += 1;
              progress.report({
                uri,
                ranges: new vscode.Range(row, index, row, index + length),
                preview: { text: line, matches: new vscode.Range(0, index, 0, index + length) },
              });
            }
          }
        }
        return { limitHit: false };
      },
    }),
  ];
}

/** `labfs:/course` for `labfs:/course/a/b`. */
const root = (uri: vscode.Uri): vscode.Uri => uri.with({ path: `/${uri.path.split('/')[1]}` });

function regularExpression({ pattern, isRegExp, isCaseSensitive, isWordMatch }: TextQuery): RegExp {
  const source = isRegExp ? pattern : pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(isWordMatch ? `\\b(?:${source})\\b` : source, isCaseSensitive ? 'gu' : 'giu');
}
