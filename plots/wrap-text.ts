/** Lines of at most so many characters; a longer word is cut. */
export function wrapText(text: string, characters: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > characters) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > characters) {
      lines.push(line.slice(0, characters));
      line = line.slice(characters);
    }
  }
  return line === '' ? lines : [...lines, line];
}
