import { local } from '@triad/protocol';
import { beforeAll, describe, it } from 'vitest';
import { channelSuite } from './compliance.js';
import { meet } from './fixture/meet.js';
import { keys } from './keys.js';
import { inMemory } from './memory.js';
import type { Credentials } from './wire.js';

const outside = ['bank', 'shop'];
const roles = [0, 1, 2, ...outside];

channelSuite('local', async () => local(3, { outside: 2 }).channels, { describe, it });

channelSuite(
  'inMemory',
  async () => {
    const network = inMemory({ outside });
    return Promise.all(roles.map((role) => network.join(role, { program: 'p' })));
  },
  { describe, it },
);

channelSuite('ws', () => meet({ outside }), { describe, it });

describe('wss', () => {
  const job = 'compliance';
  let credentials: ReadonlyMap<string, Credentials>;
  beforeAll(async () => {
    credentials = new Map((await keys(job, roles.map(String))).map((each) => [each.role, each]));
  });
  channelSuite('wss', () => meet({ job, outside, credentials }), { describe, it });
});
