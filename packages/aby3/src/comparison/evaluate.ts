import type { Op, Session } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { drawn } from '../stream.js';
import { dealerKey, evaluator, exchange } from '../truncation/truncation.js';
import type { Block } from './block.js';
import { keptPlanes, type Layout, lanes, layout, planeWords } from './layout.js';

/** What an evaluator compares, and where its additive parts go: [thresholds, elements]. */
export interface Task {
  /** Component 2 of the words. */
  readonly x: Tensor;
  readonly thresholds: readonly bigint[];
  readonly parts: Tensor;
}

/** An evaluator's state between the openings of a block. */
interface State {
  readonly task: Task;
  readonly block: Block;
  readonly at: Layout;
  /** Shares of the masks of the three openings, and those the dealer deals. */
  readonly masks: Tensor;
  readonly dealt: Tensor;
  readonly kept: Tensor;
  readonly scratch: Tensor;
  readonly lead: number;
}

/** Both halves of an opening; the value is their xor. */
interface Opening {
  readonly mine: Tensor;
  readonly theirs: Tensor;
}

/** An evaluator's three openings of a block; writes its parts. May outlast the task, when another block fails. */
export const evaluateBlock = async (session: Session, op: Op, whole: Task, block: Block): Promise<void> => {
  using scope = tensorScope();
  const view = (x: Tensor): Tensor => scope.own(x.reshape(x.shape));
  const task = { ...whole, x: view(whole.x), parts: view(whole.parts) };
  const at = layout(block, task.thresholds.length);
  const masks = scope.own(drawn(op, dealerKey(session), [at.masks / 8]));
  const dealt = scope.own(await receiveDealt(session, op, at.dealt));
  const kept = scope.own(Tensor.empty([block.comparisons, keptPlanes, planeWords]));
  const scratch = scope.own(Tensor.empty([lanes, planeWords]));
  const lead = evaluator(session).lead ? 1 : 0;
  const state = { task, block, at, masks, dealt, kept, scratch, lead };
  const first = scope.own(await open(session, op.at(0), openFirst(state)));
  const last = scope.own(await open(session, op.at(1), openLast(state, first)));
  const top = scope.own(await open(session, op.at(2), openTop(state, last)));
  writeParts(state, top);
};

const receiveDealt = async (session: Session, op: Op, bytes: number): Promise<Tensor> => {
  if (session.rank === 1) return Tensor.fromBytes([bytes / 8], await op.recv(0, bytes));
  return drawn(op.at(0), dealerKey(session), [bytes / 8]);
};

/** Takes over this party's half. */
const open = async (session: Session, op: Op, mine: Tensor): Promise<Opening> => {
  using scope = tensorScope(mine);
  const theirs = await exchange(session, op, mine);
  return scope.release({ mine, theirs });
};

/** Propagate and generate of 16 chunks. */
const openFirst = ({ task, block, at, masks, dealt, kept, scratch, lead }: State): Tensor => {
  const out = Tensor.empty([at.first / 8]);
  const x = task.x.ptr + 8 * block.start;
  for (const [k, t] of task.thresholds.entries()) {
    const tiles = k * block.tiles;
    const planes = (k * at.first) / task.thresholds.length;
    kernels().openFirst(
      x,
      BigInt.asUintN(64, t),
      dealt.ptr,
      masks.ptr + planes,
      out.ptr + planes,
      kept.ptr + tiles * keptPlanes * planeWords * 8,
      scratch.ptr,
      block.count,
      lead,
    );
  }
  return out;
};

/** Propagate and generate of four nodes. */
const openLast = ({ block, at, masks, dealt, kept, scratch, lead }: State, first: Opening): Tensor => {
  const out = Tensor.empty([at.last / 8]);
  kernels().openLast(
    first.mine.ptr,
    first.theirs.ptr,
    masks.ptr,
    dealt.ptr + at.firstMonomials,
    masks.ptr + at.first,
    out.ptr,
    kept.ptr,
    scratch.ptr,
    block.comparisons,
    lead,
  );
  return out;
};

/** The sign, but for the dealer's top bit. */
const openTop = ({ block, at, masks, dealt, kept, lead }: State, last: Opening): Tensor => {
  const out = Tensor.empty([at.top / 8]);
  kernels().openTop(
    last.mine.ptr,
    last.theirs.ptr,
    masks.ptr + at.first,
    dealt.ptr + at.lastMonomials,
    masks.ptr + at.first + at.last,
    out.ptr,
    kept.ptr,
    block.comparisons,
    lead,
  );
  return out;
};

const writeParts = ({ task, block, at, dealt, lead }: State, { mine, theirs }: Opening): void => {
  for (const k of task.thresholds.keys()) {
    const plane = k * block.tiles * planeWords * 8;
    kernels().flipTops(
      mine.ptr + plane,
      theirs.ptr + plane,
      dealt.ptr + at.tops + 8 * k * block.count,
      task.parts.ptr + 8 * (k * task.x.size + block.start),
      block.count,
      lead,
    );
  }
};
