export interface Line {
  readonly label: string
  /** The points from left to right. Both coordinates are above 0. */
  readonly points: readonly (readonly [number, number])[]
}

export interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
}

const WIDTH = 460
const HEIGHT = 340
const PLOT = { left: 52, right: 340, top: 66, bottom: 286 }
/** A color that is visible on white and on black. */
const TEXT = '#7d858e'
const COLORS = ['#2da44e', '#388bfd', '#d29922', '#db61a2']
const LABEL_HEIGHT = 15

/** Returns charts side by side. Both axes are logarithmic; each line has its label at its end. */
export function chart(title: string, xTitle: string, panels: readonly Panel[]): string {
  const width = WIDTH * panels.length
  const parts = panels.map(
    (panel, index) => `<g transform="translate(${index * WIDTH} 0)">${drawn(panel, xTitle)}</g>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}"`,
    ` role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12" fill="${TEXT}">`,
    `<title>${title}</title>`,
    `<text x="${PLOT.left}" y="24" font-size="16" font-weight="600">${title}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

function drawn({ title, lines }: Panel, xTitle: string): string {
  const all = lines.flatMap(({ points }) => points)
  const x = axis(
    all.map(([value]) => value),
    PLOT.left,
    PLOT.right,
  )
  const y = axis(
    all.map(([, value]) => value),
    PLOT.bottom,
    PLOT.top,
  )
  const grid = [
    ...x.ticks.map(
      (tick) => `<text x="${x.at(tick)}" y="302" text-anchor="middle">${named(tick)}</text>`,
    ),
    ...y.ticks.map((tick) => {
      const at = y.at(tick)
      const rule = `<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="${TEXT}" stroke-opacity=".3"/>`
      return `${rule}<text x="${PLOT.left - 6}" y="${at + 4}" text-anchor="end">${named(tick)}</text>`
    }),
  ]
  const ends = lines.map(({ points }) => y.at(points.at(-1)?.[1] ?? 1))
  const labels = spread(ends)
  const curves = lines.map(({ label, points }, index) => {
    const color = COLORS[index % COLORS.length]
    const path = points.map(([px, py]) => `${x.at(px)} ${y.at(py)}`).join('L')
    const dots = points.map(([px, py]) => `<circle cx="${x.at(px)}" cy="${y.at(py)}" r="3"/>`)
    const line = `<path d="M${path}" fill="none" stroke="${color}" stroke-width="2"/>`
    const text = `<text x="${PLOT.right + 10}" y="${(labels[index] ?? 0) + 4}">${label}</text>`
    return `<g fill="${color}">${line}${dots.join('')}${text}</g>`
  })
  const middle = (PLOT.left + PLOT.right) / 2
  return [
    `<text x="${PLOT.left}" y="48">${title}</text>`,
    ...grid,
    `<text x="${middle}" y="324" text-anchor="middle">${xTitle}</text>`,
    ...curves,
  ].join('\n')
}

/** Returns a logarithmic axis over whole powers of ten. */
function axis(values: readonly number[], from: number, to: number) {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
    at: (value: number) =>
      Math.round((from + ((Math.log10(value) - first) / (last - first)) * (to - from)) * 10) / 10,
  }
}

/** Moves labels up so that they do not overlap. */
function spread(ends: readonly number[]): number[] {
  const places = [...ends]
  let above = Number.POSITIVE_INFINITY
  for (const [index, end] of [...ends.entries()].sort(([, one], [, other]) => other - one)) {
    above = Math.min(end, above - LABEL_HEIGHT)
    places[index] = above
  }
  return places
}

function named(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 })
}
