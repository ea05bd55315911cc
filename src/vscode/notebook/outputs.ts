import { NotebookCellOutput, NotebookCellOutputItem } from 'vscode';
import { answerMarkdown, answerText } from '../../lab/present/answer-output';
import { reportMarkdown, reportText } from '../../lab/present/report-output';
import { escapeProse } from '../../lab/present/table';
import { verdictMarkdown, verdictText } from '../../lab/present/verdict-output';
import {
  ANSWER_MIME,
  REPORT_MIME,
  VERDICT_MIME,
  type AnswerOutput,
  type ReportOutput,
  type VerdictOutput,
} from '../../protocol/outputs';

export function showReport(output: ReportOutput): NotebookCellOutput {
  return inThreeForms(REPORT_MIME, output, reportMarkdown(output), reportText(output));
}

export function showVerdict(output: VerdictOutput): NotebookCellOutput {
  return inThreeForms(VERDICT_MIME, output, verdictMarkdown(output.verdict), verdictText(output.verdict));
}

export function showAnswer(output: AnswerOutput): NotebookCellOutput {
  return inThreeForms(ANSWER_MIME, output, answerMarkdown(output), answerText(output));
}

/** A sentence or two, with `code` in them, when there is nothing else to show. */
export function showNote(sentence: string): NotebookCellOutput {
  return new NotebookCellOutput([
    NotebookCellOutputItem.text(escapeProse(sentence), 'text/markdown'),
    NotebookCellOutputItem.text(sentence, 'text/plain'),
  ]);
}

/** Our renderer shows the first form, GitHub and Jupyter the second, everything else the third. */
function inThreeForms(mime: string, output: object, markdown: string, text: string): NotebookCellOutput {
  return new NotebookCellOutput([
    NotebookCellOutputItem.json(output, mime),
    NotebookCellOutputItem.text(markdown, 'text/markdown'),
    NotebookCellOutputItem.text(text, 'text/plain'),
  ]);
}
