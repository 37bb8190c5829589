import { TriadError } from '@triad/protocol';
import { type ModelName, models } from './model.js';

/** Which of the models a word means. */
export const modelName = (text: string): ModelName => {
  if (Object.hasOwn(models, text)) return text as ModelName;
  throw new TriadError('bad-argument', `there is no model '${text}'`, {
    remedy: `use ${Object.keys(models).join(', ')}`,
  });
};

/** The whole number above 0 of an option. */
export const count = (option: string, text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TriadError('bad-argument', `--${option} ${text} is no count`, {
    remedy: 'give a whole number above 0',
  });
};
