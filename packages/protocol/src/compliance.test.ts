import { describe, it } from 'vitest';
import { protocolSuite } from './compliance.js';
import { plain } from './plain.js';

protocolSuite(plain(3), { describe, it }, { truncation: { maxError: 0.5 } });
