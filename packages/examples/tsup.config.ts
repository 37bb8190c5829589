import { library } from '../../tooling/tsup.ts';

const modules = library(
  [
    'src/browser-psi/program.ts',
    'src/browser-psi/serve.ts',
    'src/index.ts',
    'src/train.ts',
    'src/custom-protocol/index.ts',
    'src/factorisation-machine/index.ts',
    'src/federated/horizontal.ts',
    'src/federated/transfer.ts',
    'src/federated/vertical.ts',
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
  ],
  // Both are built at the same time.
  { clean: ['!browser-psi/page.js'] },
);

/** For a page: one script with everything in it. */
const page = library(
  { 'browser-psi/page': 'src/browser-psi/page.ts' },
  {
    format: 'iife',
    platform: 'browser',
    noExternal: [/.*/],
    outExtension: () => ({ js: '.js' }),
    minify: true,
    dts: false,
    clean: false,
  },
);

export default [modules, page];
