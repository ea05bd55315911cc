import type * as vscode from 'vscode';

/** What the tests may ask of the running extension. */
export interface Lab {
  activateMilliseconds: number;
}

export function activate(context: vscode.ExtensionContext): Lab {
  const start = performance.now();
  context.subscriptions.push();
  return { activateMilliseconds: performance.now() - start };
}
