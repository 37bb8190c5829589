import { memory, Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { tensorScope } from './scope.js';

const one = (): Tensor => Tensor.from([1], [1]);

describe('a scope of tensors', () => {
  it('gives back what it holds when a call ends, however it ends', () => {
    const before = memory.liveBytes;
    const call = (fails: boolean): void => {
      using scope = tensorScope({ shape: [1], a: one(), b: one() });
      scope.own(one());
      if (fails) throw new Error('fails');
    };
    call(false);
    expect(() => call(true)).toThrow('fails');
    expect(memory.liveBytes).toBe(before);
  });

  it('leaves what was released, alone or as part of something', () => {
    const call = (): readonly Tensor[] => {
      using scope = tensorScope();
      const [a, b, c] = [one(), one(), one()].map((x) => scope.own(x)) as [Tensor, Tensor, Tensor];
      scope.free(c);
      scope.release({ a });
      return [a, scope.release(b), c];
    };
    const [a, b, c] = call() as [Tensor, Tensor, Tensor];
    for (const x of [a, b]) x.dispose();
    expect(() => c.ptr).toThrow('after dispose');
  });

  it('gives back at once what comes after its end', async () => {
    const before = memory.liveBytes;
    const late: Promise<Tensor>[] = [];
    const call = async (): Promise<void> => {
      using scope = tensorScope();
      late.push(Promise.resolve(one()).then((x) => scope.own(x)));
      await Promise.all([...late, Promise.reject(new Error('fails'))]);
    };
    await expect(call()).rejects.toThrow('fails');
    await Promise.all(late);
    expect(memory.liveBytes).toBe(before);
  });
});
