import { createRequire } from 'node:module';
import { join } from 'node:path';
import { badArgument } from '../bad-argument.js';
import type { PartyCase, Reference } from './case.js';
import { keyOf, psiCase } from './psi.js';

const log2 = 12;
const module = '@openmined/psi.js';

/** What is used of that package. */
interface OpenMined {
  readonly server: { createWithNewKey(reveal: boolean): Server };
  readonly client: { createWithNewKey(reveal: boolean): Client };
}
interface Server {
  createSetupMessage(falsePositives: number, clientItems: number, items: readonly string[]): unknown;
  processRequest(request: unknown): unknown;
}
interface Client {
  createRequest(items: readonly string[]): unknown;
  getIntersection(setup: unknown, response: unknown): readonly number[];
}

/** Our intersection of 2^12 keys beside that of what a JavaScript user would pick instead, which is not among our dependencies. */
export const psiJsCase: PartyCase = {
  ...psiCase(log2),
  name: `psi-js-${log2}`,
  reference: async () => openMinedSeconds(await load()),
};

const load = async (): Promise<OpenMined> => {
  const require = createRequire(join(process.cwd(), 'package.json'));
  let make: () => Promise<OpenMined>;
  try {
    make = require(module) as () => Promise<OpenMined>;
  } catch (cause) {
    throw badArgument(
      `${module} is not installed here`,
      `npm install --no-save --ignore-scripts ${module}`,
      cause,
    );
  }
  return make();
};

/** Both sides in this process, one run. */
const openMinedSeconds = (psi: OpenMined): Reference => {
  const [x, y] = [0, 1].map((owner) => Array.from({ length: 2 ** log2 }, (_, row) => keyOf(owner, row)));
  const start = performance.now();
  const server = psi.server.createWithNewKey(true);
  const client = psi.client.createWithNewKey(true);
  const request = client.createRequest(x!);
  const setup = server.createSetupMessage(0.001, x!.length, y!);
  client.getIntersection(setup, server.processRequest(request));
  return { name: `${module}, both sides in one process`, seconds: (performance.now() - start) / 1000 };
};
