type Cell = string | number

/** The results of one section in Markdown. Prints each line at once. */
export class Report {
  readonly #lines: string[] = []

  constructor(title: string) {
    this.#say('', `## ${title}`, '')
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  note(text: string): void {
    this.#say(text, '')
  }

  table(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const cells = [head, ...rows].map((row) => row.map(String))
    const widths = head.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
    // The first column has the names of the rows; the others have figures.
    const [first = '', ...others] = cells.map((row) => {
      const padded = row.map((cell, index) =>
        index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      return `| ${padded.join(' | ')} |`
    })
    const rule = widths.map((width, index) =>
      index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`,
    )
    this.#say(first, `|${rule.join('|')}|`, ...others, '')
  }

  #say(...lines: readonly string[]): void {
    this.#lines.push(...lines)
    for (const line of lines) console.log(line)
  }
}
