import { protocolSuite } from '@triad/protocol/compliance';
import { describe, it } from 'vitest';
import { replicated } from './replicated.js';

protocolSuite(replicated(), { describe, it }, { truncation: { magnitudeBits: 24 } });
