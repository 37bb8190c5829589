import { expect, it } from 'vitest';
import { records, sourceFile, triad, triadEnded } from '../fixture/triad.js';

const program = sourceFile('fixture/training.ts');
const args = ['--', '--steps', '4'];

interface PlanRecord {
  readonly calls: readonly { readonly kind: string }[];
  readonly runs: readonly { readonly count: number; readonly rounds: number }[];
  readonly total: {
    readonly bytes: readonly number[];
    readonly seconds: { readonly lan: number; readonly wan: number };
  };
}

/** Keys: two seeds of 32 bytes to each of two others. */
const sessionBytes = 2 * 64;
/** What to run or reveal is agreed on by a hash of 32 bytes to each. */
const agreementBytes = 2 * 32;

it('`triad plan` says exactly what the parties will send', async () => {
  const planned = await triadEnded('plan', program, '--json', ...args);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  const plan = records<PlanRecord>(planned.stdout)[0]!;
  expect(plan.runs.map(({ count, rounds }) => ({ count, rounds }))).toEqual([{ count: 4, rounds: 5 }]);
  expect(plan.total.seconds.wan).toBeGreaterThan(50 * plan.total.seconds.lan);

  const board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
  const { address } = JSON.parse(await board.line(/address/)) as { readonly address: string };
  const link = ['--job', 'plan', '--rendezvous', address, '--json', ...args];
  const ended = await Promise.all(
    ['0', '1', '2', 'analyst'].map((role) => triadEnded('run', program, '--role', role, ...link)),
  );
  board.child.kill();
  const sent = ended
    .slice(0, 3)
    .map(({ stdout }) => records<{ readonly sent: { readonly bytes: number } }>(stdout)[0]!.sent);
  const agreements = plan.runs.length + plan.calls.filter(({ kind }) => kind === 'reveal').length;
  const extra = sessionBytes + agreements * agreementBytes;
  expect(sent.map(({ bytes }) => bytes - extra)).toEqual(plan.total.bytes);
});

it('`triad plan` writes for people, too', async () => {
  const { code, stdout } = await triadEnded('plan', sourceFile('train.ts'));
  expect(code).toBe(0);
  for (const words of [/share +x +\[128, 784\]/, /draw +fc_0\.w_0/, /product/, /LAN.*about/, /WAN.*about/])
    expect(stdout).toMatch(words);
});
