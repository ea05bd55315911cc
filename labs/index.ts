import type { Course } from '../src/lab/course';
import { fiveTechniques } from './05-five-techniques/question';

/** The course that this version ships. A question is added by adding its folder and a line here. */
export const course: Course = { questions: [fiveTechniques] };
