import { library } from '../../tooling/tsup.ts';

export default library([
  'src/index.ts',
  'src/train.ts',
  'src/custom-protocol/index.ts',
  'src/house-price/index.ts',
  'src/house-price/program.ts',
  'src/wage-survey/index.ts',
]);
