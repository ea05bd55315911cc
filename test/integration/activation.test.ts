import { expect } from 'chai';
import * as vscode from 'vscode';

const id = 'live-migration-lab.live-migration-lab';

describe('the extension', () => {
  it('activates and says how long that took', async () => {
    const extension = vscode.extensions.getExtension<{ activateMilliseconds: number }>(id);
    expect(extension, `${id} is installed`).not.to.equal(undefined);
    const { activateMilliseconds } = await extension!.activate();
    expect(activateMilliseconds).to.be.a('number').and.to.be.at.least(0);
    console.log(`LABNOTE activate() took ${activateMilliseconds.toFixed(1)} ms`);
  });
});
