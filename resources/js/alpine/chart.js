/**
 * Draws the chart of a figure. Chart.js is fetched only by pages that have one, and only when it comes into view.
 */
export const chart = () => {
  /* Outside Alpine's data: its proxies do not reach the private fields of other people's classes */
  let drawn = null
  let colours = null

  return {
    init() {
      const near = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return
          near.disconnect()
          this.draw()
        },
        { rootMargin: '200px' }
      )
      near.observe(this.$root)

      /* A canvas does not read custom properties: it is drawn anew when the colours change */
      colours = new MutationObserver(() => drawn && this.draw())
      colours.observe(document.documentElement, { attributeFilter: ['data-bs-theme'] })
    },

    destroy() {
      colours?.disconnect()
      drawn?.destroy()
    },

    async draw() {
      const { drawChart } = await import('../chart/draw_chart.js')
      drawn?.destroy()
      drawn = drawChart(this.$refs.canvas, JSON.parse(this.$root.dataset.chart))
    },
  }
}
