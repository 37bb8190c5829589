export { type Survey, surveyWages } from './wage-survey.js';
