import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  Legend,
} from 'chart.js'

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  Legend
)

const ORDER = ['clicks', 'delivered', 'failed', 'unsubscribed', 'pending', 'uncertain']
const TICKS = 5

/**
 * @param canvas - where to draw
 * @param data - what `components/chart` wrote: kind, labels, series, unit, locale
 */
export function drawChart(canvas, data) {
  const style = getComputedStyle(document.documentElement)
  const token = (name) => style.getPropertyValue(name).trim()
  const colours = {
    text: token('--tblr-secondary'),
    grid: token('--tblr-border-color'),
    surface: token('--tblr-bg-surface'),
  }
  Chart.defaults.font.family = token('--tblr-font-sans-serif')
  const number = new Intl.NumberFormat(data.locale, { maximumFractionDigits: 1 })
  const short = new Intl.NumberFormat(data.locale, {
    notation: 'compact',
    maximumFractionDigits: 1,
  })

  const isSpark = data.kind === 'spark'
  const isLine = data.kind === 'line' || isSpark
  const isLying = data.kind === 'rows' || data.kind === 'stacked'
  const isStacked = data.kind === 'stacked'

  const datasets = data.series.map((serie, index) => {
    const tone = serie.tone ?? ORDER[index % ORDER.length]
    const colour = token(`--part-${tone}`)
    return {
      label: serie.name,
      data: serie.values.map((value) => (value === null ? null : Number(value))),
      borderColor: isLine ? colour : colours.surface,
      backgroundColor: tone === 'uncertain' && !isLine ? hatch(colour, colours.surface) : colour,
      borderWidth: isLine ? 2 : isStacked ? 2 : 0,
      pointRadius: isLine && data.labels.length === 1 ? 4 : 0,
      pointHitRadius: 12,
      tension: 0,
      spanGaps: false,
      maxBarThickness: 36,
    }
  })

  /** No half contacts on the axis */
  const counts = data.series.every(({ values }) =>
    values.every((value) => value === null || Number.isInteger(value))
  )

  const figures = {
    display: !isSpark,
    beginAtZero: true,
    stacked: isStacked,
    grid: { color: colours.grid },
    border: { display: false },
    ticks: {
      color: colours.text,
      maxTicksLimit: TICKS,
      ...(counts ? { precision: 0 } : {}),
      callback: (value) => short.format(value),
    },
  }
  const words = {
    display: !isSpark && !isStacked,
    stacked: isStacked,
    grid: { display: false },
    border: { color: colours.grid },
    ticks: {
      color: colours.text,
      maxRotation: 0,
      autoSkipPadding: 16,
      ...(isLying ? {} : { maxTicksLimit: 8 }),
    },
  }

  return new Chart(canvas, {
    type: isLine ? 'line' : 'bar',
    data: { labels: data.labels, datasets },
    options: {
      indexAxis: isLying ? 'y' : 'x',
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      scales: isLying
        ? { x: { ...figures, display: !isStacked }, y: words }
        : { x: words, y: figures },
      interaction: { mode: 'index', intersect: false, axis: isLying ? 'y' : 'x' },
      plugins: {
        legend: {
          display: !isSpark && data.series.length > 1,
          position: 'bottom',
          align: 'start',
          labels: { color: colours.text, boxWidth: 12, boxHeight: 12 },
        },
        tooltip: {
          enabled: !isSpark,
          callbacks: {
            label: ({ dataset, raw }) =>
              `${dataset.label} : ${number.format(raw)}${data.unit ? ` ${data.unit}` : ''}`,
          },
        },
      },
    },
  })
}

/** Stripes for what is not certain */
function hatch(colour, surface) {
  const tile = document.createElement('canvas')
  tile.width = tile.height = 8
  const pen = tile.getContext('2d')
  pen.fillStyle = colour
  pen.fillRect(0, 0, 8, 8)
  pen.strokeStyle = surface
  pen.lineWidth = 2
  pen.beginPath()
  for (const at of [-4, 4, 12]) {
    pen.moveTo(at - 4, 12)
    pen.lineTo(at + 12, -4)
  }
  pen.stroke()
  return pen.createPattern(tile, 'repeat')
}
