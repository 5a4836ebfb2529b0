/**
 * Draws the chart of a figure. Chart.js is fetched only by pages that have one, and only when it comes into view.
 */
export const chart = () => ({
  init() {
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      near.disconnect()
      this.draw()
    }, { rootMargin: '200px' })
    near.observe(this.$root)

    /* A canvas does not read custom properties: it is drawn anew when the colours change */
    this.colours = new MutationObserver(() => this.drawn && this.draw())
    this.colours.observe(document.documentElement, { attributeFilter: ['data-bs-theme'] })
  },

  destroy() {
    this.colours.disconnect()
    this.drawn?.destroy()
  },

  async draw() {
    const { drawChart } = await import('../chart/draw_chart.js')
    this.drawn?.destroy()
    this.drawn = drawChart(this.$refs.canvas, JSON.parse(this.$root.dataset.chart))
  },
})
