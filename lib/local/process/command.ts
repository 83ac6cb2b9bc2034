/** The output of a command: results and errors. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

/** A parsed command line. */
export type ParsedCommand<Request> =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'run'; readonly request: Request }

export interface Command<Request> {
  readonly help: string
  parse(args: string[]): ParsedCommand<Request>
  /** Returns the text to print. Throws an error with the text to print instead. */
  answer(request: Request): string | Promise<string>
}

/**
 * Runs a command line.
 * @returns the exit code: 0 for success, 1 if the command fails, 2 if the command line is invalid
 */
export async function runCommand<Request>(
  { help, parse, answer }: Command<Request>,
  args: string[],
  { out, error }: Output,
): Promise<number> {
  const command = parse(args)
  if (command.kind === 'help') {
    out(help)
    return 0
  }
  if (command.kind === 'wrong') {
    error(`${command.problem}\n\n${help}`)
    return 2
  }
  try {
    out(`${await answer(command.request)}\n`)
    return 0
  } catch (problem) {
    error(`${problem instanceof Error ? problem.message : problem}\n`)
    return 1
  }
}

/** Runs the command line of this process, and sets its exit code. */
export async function runProcess<Request>(command: Command<Request>): Promise<void> {
  process.exitCode = await runCommand(command, process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  })
}
