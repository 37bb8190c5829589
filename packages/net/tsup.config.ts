import { library } from '../../tooling/tsup.ts';

export default library([
  'src/index.ts',
  'src/browser.ts',
  'src/bench.ts',
  'src/compliance.ts',
  'src/bench-party.ts',
]);
