import type { Protocol } from '@triad/protocol';
import { Tensor } from '@triad/ring';

// Where the platform lacks the symbol, `using` is compiled to look for this one.
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/**
 * What a call holds, `using scope = ...`: when it returns or fails, what was not released is given back; what is still brought
 * then, by calls that overlapped, is given back at once.
 */
class Scope<T> implements Disposable {
  readonly #held: T[] = [];
  #over = false;

  constructor(private readonly giveBack: (x: T) => void) {}

  /** Takes x over. */
  own<X extends T>(x: X): X {
    if (this.#over) this.giveBack(x);
    else this.#held.push(x);
    return x;
  }

  /** Leaves x to somebody else. */
  release<X extends T>(x: X): X {
    this.#take(x);
    return x;
  }

  /** Gives back before the end. */
  free(...xs: readonly T[]): void {
    for (const x of xs) if (this.#take(x)) this.giveBack(x);
  }

  [dispose](): void {
    this.#over = true;
    for (const x of this.#held) this.giveBack(x);
  }

  /** Whether it was held. */
  #take(x: T): boolean {
    const at = this.#held.indexOf(x);
    if (at < 0) return false;
    const last = this.#held.pop()!;
    if (at < this.#held.length) this.#held[at] = last;
    return true;
  }
}

/** Holds tensors; a share, or another record, is held as the tensors in it. */
class TensorScope extends Scope<Tensor> {
  override own<X extends object>(x: X): X {
    if (x instanceof Tensor) return super.own(x);
    for (const tensor of tensorsIn(x)) super.own(tensor);
    return x;
  }

  override release<X extends object>(x: X): X {
    if (x instanceof Tensor) return super.release(x);
    for (const tensor of tensorsIn(x)) super.release(tensor);
    return x;
  }

  override free(...xs: readonly object[]): void {
    for (const x of xs) {
      if (x instanceof Tensor) super.free(x);
      else super.free(...tensorsIn(x));
    }
  }
}

const tensorsIn = (x: object): readonly Tensor[] => Object.values(x).filter((part) => part instanceof Tensor);

export const disposeTensors = (x: object): void => {
  for (const tensor of tensorsIn(x)) tensor.dispose();
};

const disposeTensor = (x: Tensor): void => x.dispose();

/** Of tensors, shares, and other records of tensors. */
export const tensorScope = (...held: readonly object[]): TensorScope => {
  const scope = new TensorScope(disposeTensor);
  for (const x of held) scope.own(x);
  return scope;
};

/** Of a protocol's shares. */
export const shareScope = <S>(protocol: Pick<Protocol<S>, 'dispose'>, ...held: readonly S[]): Scope<S> => {
  const scope = new Scope<S>((x) => protocol.dispose(x));
  for (const x of held) scope.own(x);
  return scope;
};
