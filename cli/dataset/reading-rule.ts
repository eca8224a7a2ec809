/**
 * The rule by which `readAnswer` (task/language/read-answer.ts) reads an answer, in the languages of other tools. Each
 * function returns the word of the scene that an answer names, or nothing where it names none or several.
 */

export const READ_ANSWER_PYTHON = String.raw`def read_answer(text, candidates):
    """The word that an answer names; None where it names none or several."""
    answer = text.split("</think>")[-1]
    line = next((line for line in answer.split("\n") if line.strip()), None)
    for part in [] if line is None else [line, answer]:
        words = [
            word
            for word in candidates
            if re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", part, re.IGNORECASE)
        ]
        if words:
            return words[0] if len(words) == 1 else None
    return None
`;

export const READ_ANSWER_JAVASCRIPT = String.raw`/** The word that an answer names; undefined where it names none or several. */
function readAnswer(text, candidates) {
  const answer = text.split('</think>').at(-1);
  const line = answer.split('\n').find((one) => one.trim() !== '');
  for (const part of line === undefined ? [] : [line, answer]) {
    const words = candidates.filter((word) =>
      new RegExp('(?<![\\p{L}\\p{N}])' + word + '(?![\\p{L}\\p{N}])', 'iu').test(part),
    );
    if (words.length > 0) return words.length === 1 ? words[0] : undefined;
  }
  return undefined;
}
`;
