/** The part of @vscode/vsce's programming interface that scripts/package.ts uses; the package ships no types. */
declare module '@vscode/vsce' {
  export function createVSIX(options: {
    cwd: string;
    packagePath: string;
    dependencies: boolean;
    allowMissingRepository: boolean;
    rewriteRelativeLinks: boolean;
  }): Promise<void>;
}
