import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** VS Code reads these files as JSON with comments, and so does TypeScript with its own. */
function read(path: string): Record<string, unknown> {
  const { config, error } = ts.parseConfigFileTextToJson(path, readFileSync(path, 'utf8'));
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return config as Record<string, unknown>;
}

describe('the editor settings of the checkout', () => {
  for (const name of readdirSync('.vscode')) {
    it(`.vscode/${name} can be read`, () => {
      expect(read(join('.vscode', name))).to.be.an('object').and.not.to.be.empty;
    });
  }

  it('launch what exists, after tasks that exist', () => {
    const { scripts } = read('package.json') as { scripts: Record<string, string> };
    const { tasks } = read('.vscode/tasks.json') as { tasks: { label: string; script: string }[] };
    const { configurations } = read('.vscode/launch.json') as {
      configurations: { name: string; preLaunchTask?: string; program?: string }[];
    };
    expect(configurations.map(({ name }) => name)).to.include.members(
      ['Run Extension', 'Run Extension (web)', 'Mocha unit tests'],
    );
    for (const { script } of tasks) expect(scripts).to.have.property(script);
    for (const { preLaunchTask, program } of configurations) {
      if (preLaunchTask) expect(tasks.map(({ label }) => label)).to.include(preLaunchTask);
      if (program) expect(existsSync(program.replace('${workspaceFolder}/', ''))).to.equal(true);
    }
  });

  it('wait for and match what the build prints', () => {
    const build = readFileSync('esbuild.mjs', 'utf8');
    const text = readFileSync('.vscode/tasks.json', 'utf8');
    for (const line of ['[watch] build started', '[watch] ready']) {
      expect(build).to.contain(line);
      expect(text).to.contain(line.replace('[', '\\\\[').replace(']', '\\\\]'));
    }
  });
});
