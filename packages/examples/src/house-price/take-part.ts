import { aby3 } from '@triad/aby3';
import type { Job } from '@triad/cli';
import { Executor, init } from '@triad/layers';
import { training } from './model.js';
import { type SharedHouses, type Training, train } from './party.js';

export interface Task {
  readonly options: Training;
  /** How the columns become shares. */
  readonly share: (exe: Executor) => Promise<SharedHouses>;
  /** The outcome's, at the result party. */
  readonly file: string;
}

/** One party of a training, from its sharing to its file, told about step by step. */
export const takePart = async (
  { role, network, emit, save, traffic }: Job,
  { options, share, file }: Task,
): Promise<void> => {
  const exe = new Executor({ environment: init(aby3(), role, network), program: training });
  const outcome = await train(exe, await share(exe), options, (epoch, loss) =>
    emit(
      { epoch, epochs: options.epochs, loss },
      `epoch ${epoch}/${options.epochs}  loss ${loss.toFixed(3)}`,
    ),
  );
  await exe.close();

  const { sent } = traffic();
  emit({ sent }, `sent ${sent.bytes} bytes in ${sent.messages} messages`);
  if (outcome === undefined) return;
  emit({ outcome }, `R2 on the held-out rows: ${outcome.r2.toFixed(4)}`);
  await save(file, `${JSON.stringify(outcome, null, 2)}\n`);
};
