/** Which of a run's metrics its training logged, which one says how good it is, and whether less of it is better. */

/** What reports and the machine add to what the training logs. */
const REPORTED = /^(bias|shap)\./;
const SYSTEM = /^system\./;

/** 0 for the training's own, 1 for figures of bias, 2 for importances, 3 for the machine's: the order in which they are shown. */
export function rankOf(metric: string): number {
  return SYSTEM.test(metric) ? 3 : metric.startsWith("shap.") ? 2 : REPORTED.test(metric) ? 1 : 0;
}

/** Names in order: the training's own first, and 2 before 10. */
export function inOrder(one: string, two: string): number {
  return rankOf(one) - rankOf(two) || one.localeCompare(two, undefined, { numeric: true });
}

const LOWER = new Set(["loss", "error", "err", "mse", "mae", "rmse", "mape", "perplexity", "nll", "brier", "wer", "cer"]);

function wordsOf(metric: string): readonly string[] {
  return metric.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}

/** Guess whether less is better from the words in a name, by the rule of the server's comparisons. */
export function goalOf(metric: string): "max" | "min" {
  return wordsOf(metric).some((word) => LOWER.has(word) || /(loss|error)$/.test(word)) ? "min" : "max";
}

const PARTS: readonly RegExp[] = [/\b(validation|valid|val|eval|dev|cv)\b/, /\btest\b/, /^(?!.*\btrain(ing)?\b)/];
const KINDS: readonly RegExp[] = [/\b(auc|auroc)\b/, /\b(f1|fbeta|ndcg|map|bleu|rouge)\b/, /\b(accuracy|acc)\b/, /\b(r2|r squared)\b/, /\b(precision|recall)\b/, /loss\b/, /\b(rmse|mse|mae|error|err)\b/];

export interface Counted {
  readonly name: string;
  readonly count: number;
}

/** Choose the metric that runs are ranked by until somebody chooses another.
 *
 * An objective that the runs name is it. Otherwise, of the training's own metrics that at least half as many runs have
 * as have the commonest: those of validation before those of test, these before others, and these before those of
 * training; then AUC, F1 and the like, accuracy, R2, precision and recall, loss, error; then the commonest; then by name.
 */
export function bestBy(metrics: readonly Counted[], objective?: string): string | undefined {
  if (objective !== undefined && metrics.some((one) => one.name === objective)) return objective;
  const own = metrics.filter((one) => rankOf(one.name) === 0);
  const most = Math.max(0, ...own.map((one) => one.count));
  const place = (tests: readonly RegExp[], name: string) => {
    const words = wordsOf(name).join(" ");
    const found = tests.findIndex((one) => one.test(words));
    return found < 0 ? tests.length : found;
  };
  const ordered = own
    .filter((one) => 2 * one.count >= most)
    .sort((one, two) => place(PARTS, one.name) - place(PARTS, two.name) || place(KINDS, one.name) - place(KINDS, two.name) || two.count - one.count || inOrder(one.name, two.name));
  return ordered[0]?.name;
}
