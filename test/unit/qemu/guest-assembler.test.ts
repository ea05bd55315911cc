import { expect } from 'chai';
import { Assembler, at } from '../../../src/qemu/guest/assembler';

/** What NASM 2.16 makes of each line, with `start` at address 0x1000 and operands of 32 bits (`dword`, `strict`). */
const ENCODINGS: [string, (a: Assembler) => void, string][] = [
  ['mov eax, 0x12345678', (a) => a.mov('eax', 0x12345678), 'b878563412'],
  ['mov edi, start', (a) => a.mov('edi', 'start'), 'bf00100000'],
  ['mov esi, ebx', (a) => a.mov('esi', 'ebx'), '89de'],
  ['mov ecx, [0x2000]', (a) => a.mov('ecx', at(0x2000)), '8b0d00200000'],
  ['mov edx, [ebp+8]', (a) => a.mov('edx', at('ebp', 8)), '8b9508000000'],
  ['mov [edi+4], esi', (a) => a.mov(at('edi', 4), 'esi'), '89b704000000'],
  ['mov [esp+4], eax', (a) => a.mov(at('esp', 4), 'eax'), '89842404000000'],
  ['mov dword [ebx+0x10], 0x11223344', (a) => a.mov(at('ebx', 0x10), 0x11223344), 'c7831000000044332211'],
  ['mov dword [start], 7', (a) => a.mov(at('start'), 7), 'c7050010000007000000'],
  ['mov es, eax … mov gs, eax', (a) => a.movDataSegments('eax'), '8ec08ed08ed88ee08ee8'],
  ['push edx', (a) => a.push('edx'), '52'],
  ['pop edi', (a) => a.pop('edi'), '5f'],
  ['add esi, 5', (a) => a.add('esi', 5), '81c605000000'],
  ['adc dword [start], 5', (a) => a.adc(at('start'), 5), '81150010000005000000'],
  ['adc [start], edx', (a) => a.adc(at('start'), 'edx'), '111500100000'],
  ['and ecx, 0xff', (a) => a.and('ecx', 0xff), '81e1ff000000'],
  ['sub ecx, [start]', (a) => a.sub('ecx', at('start')), '2b0d00100000'],
  ['xor esi, eax', (a) => a.xor('esi', 'eax'), '31c6'],
  ['cmp edi, -1', (a) => a.cmp('edi', -1), '81ffffffffff'],
  ['cmp eax, [start]', (a) => a.cmp('eax', at('start')), '3b0500100000'],
  ['cmp eax, ebx', (a) => a.cmp('eax', 'ebx'), '39d8'],
  ['inc ebp', (a) => a.inc('ebp'), '45'],
  ['inc dword [edx+0x1000]', (a) => a.inc(at('edx', 0x1000)), 'ff8200100000'],
  ['dec ebx', (a) => a.dec('ebx'), '4b'],
  ['inc byte [edx+0xffc]', (a) => a.incByte(at('edx', 0xffc)), 'fe82fc0f0000'],
  ['test ebx, ecx', (a) => a.test('ebx', 'ecx'), '85cb'],
  ['mul ecx', (a) => a.mul('ecx'), 'f7e1'],
  ['mul dword [start]', (a) => a.mul(at('start')), 'f72500100000'],
  ['imul eax, esi, 0x9e3779b1', (a) => a.imul('eax', 'esi', 0x9e3779b1), '69c6b179379e'],
  ['shl edx, 12', (a) => a.shl('edx', 12), 'c1e20c'],
  ['shr eax, 7', (a) => a.shr('eax', 7), 'c1e807'],
  ['jmp start', (a) => a.jmp('start'), 'e9fbffffff'],
  ['jb start', (a) => a.jumpIf('below', 'start'), '0f82faffffff'],
  ['jae start', (a) => a.jumpIf('notBelow', 'start'), '0f83faffffff'],
  ['je start', (a) => a.jumpIf('zero', 'start'), '0f84faffffff'],
  ['jne start', (a) => a.jumpIf('notZero', 'start'), '0f85faffffff'],
  ['jbe start', (a) => a.jumpIf('notAbove', 'start'), '0f86faffffff'],
  ['ja start', (a) => a.jumpIf('above', 'start'), '0f87faffffff'],
  ['call start', (a) => a.call('start'), 'e8fbffffff'],
  ['ret', (a) => a.ret(), 'c3'],
  ['jmp 8:start', (a) => a.jmpFar(8, 'start'), 'ea001000000800'],
  ['out dx, al', (a) => a.outByte(), 'ee'],
  ['in al, dx', (a) => a.inByte(), 'ec'],
  ['in eax, dx', (a) => a.inLong(), 'ed'],
  ['lgdt [start]', (a) => a.lgdt('start'), '0f011500100000'],
  ['lidt [start]', (a) => a.lidt('start'), '0f011d00100000'],
  ['hlt', (a) => a.hlt(), 'f4'],
  ['cli', (a) => a.cli(), 'fa'],
  ['sti', (a) => a.sti(), 'fb'],
  ['iret', (a) => a.iret(), 'cf'],
];

describe('the assembler of the guest program', () => {
  for (const [text, write, bytes] of ENCODINGS) {
    it(text, () => {
      const a = new Assembler(0x1000);
      a.label('start');
      write(a);
      expect(Buffer.from(a.assemble()).toString('hex')).to.equal(bytes);
    });
  }

  it('puts labels into their places, those that come later too', () => {
    const a = new Assembler(0x1000);
    a.jmp('on');
    a.align(8);
    a.label('word');
    a.word(0xbeef);
    a.label('on');
    a.long('word');
    expect(Buffer.from(a.assemble()).toString('hex')).to.equal('e905000000000000efbe08100000');
    expect(a.address('on')).to.equal(0x100a);
  });

  it('refuses a label that is not there, one that is there twice, and memory to memory', () => {
    const a = new Assembler(0);
    a.jmp('nowhere');
    expect(() => a.assemble()).to.throw(RangeError, 'no label nowhere');
    a.label('nowhere');
    expect(() => a.label('nowhere')).to.throw(RangeError, 'there already');
    expect(() => a.mov(at('eax'), at('ebx'))).to.throw(RangeError, 'memory');
    expect(() => a.add(at('eax'), at('ebx'))).to.throw(RangeError, 'memory');
  });
});
