import { library } from '../../tooling/tsup.ts';

export default library([
  'src/index.ts',
  'src/train.ts',
  'src/custom-protocol/index.ts',
  'src/factorisation-machine/index.ts',
  'src/house-price/index.ts',
  'src/house-price/program.ts',
  'src/mnist/index.ts',
  'src/mnist/program.ts',
  'src/mnist/trial-program.ts',
  'src/mnist/logistic.ts',
  'src/mnist/softmax.ts',
  'src/mnist/mlp.ts',
  'src/mnist/lenet.ts',
  'src/model-encryption/index.ts',
  'src/model-encryption/open.ts',
  'src/model-encryption/program.ts',
  'src/vertical/index.ts',
  'src/vertical/program.ts',
  'src/wage-survey/index.ts',
]);
