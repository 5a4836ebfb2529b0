import { constants } from 'node:zlib'
import { createRequire } from 'node:module'
import type purgeCSSPlugin from '@fullhuman/postcss-purgecss'
import { defineConfig } from 'vite'
import { compression, defineAlgorithm } from 'vite-plugin-compression2'
import adonisjs from '@adonisjs/vite/client'
import { subsetInter } from './start/subset_font.js'

/** Its types say ES module, and it is none */
const purgecss = createRequire(import.meta.url)(
  '@fullhuman/postcss-purgecss'
) as typeof purgeCSSPlugin.default

/** Where class names stand: what none of these names is not in the style sheet */
const CONTENT = [
  'resources/views/**/*.edge',
  'themes/**/*.edge',
  'resources/js/**/*.js',
  'core/http/**/*.ts',
  'core/*/controllers/**/*.ts',
  'core/*/*/controllers/**/*.ts',
]

export default defineConfig({
  plugins: [
    subsetInter(import.meta.dirname),
    adonisjs({
      entryPoints: ['resources/css/app.css', 'resources/js/app.js'],
      reload: ['resources/views/**/*.edge', 'themes/**/*.edge'],
    }),
    /** Made once, with all the effort there is: they are served as they are */
    compression({
      include: /\.(css|js|svg|json)$/,
      algorithms: [
        defineAlgorithm('brotliCompress', {
          params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
        }),
        defineAlgorithm('gzip', { level: 9 }),
      ],
    }),
  ],
  /** Reading a property does nothing anywhere here: without being told so, the bundler keeps every kind of chart */
  build: { rolldownOptions: { treeshake: { propertyReadSideEffects: false } } },
  css: {
    postcss: {
      plugins: [
        purgecss({
          content: CONTENT,
          /** Words of templates, as they can stand in a class attribute or be put together from parts */
          defaultExtractor: (text: string) => text.match(/[\w-/:]+(?<!:)/g) ?? [],
          safelist: {
            standard: ['has-js', 'show', 'active', 'disabled', 'collapse', 'collapsing', 'fade'],
            /** Put together from a tone or a state: `btn-${tone}`, `alert-${tone}`, `bg-${tone}-lt` */
            greedy: [
              /^(btn|alert|badge|bg|text|status|is|tone|state|part|bar|dot)-/,
              /data-bs-theme/,
              /^col-/,
              /:is|:where/,
            ],
          },
          variables: true,
          keyframes: true,
          fontFace: false,
        }),
      ],
    },
  },
})
