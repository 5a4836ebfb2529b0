import vine from '@vinejs/vine'
import { MAX_SOURCE } from '../templates/compile_template.js'

const FORMATS = ['mjml', 'html', 'text'] as const

export const newTemplateForm = vine.create({
  name: vine.string().trim().minLength(1).maxLength(120),
  format: vine.enum(FORMATS),
})

export const templateForm = vine.create({
  name: vine.string().trim().minLength(1).maxLength(120),
  source: vine.string().minLength(1).maxLength(MAX_SOURCE),
  text: vine.string().maxLength(MAX_SOURCE).optional(),
  text_is_custom: vine.boolean().optional(),
  version: vine.string().maxLength(40).optional(),
})

export const previewForm = vine.create({
  format: vine.enum(FORMATS),
  source: vine.string().maxLength(MAX_SOURCE),
  text: vine.string().maxLength(MAX_SOURCE).optional(),
  text_is_custom: vine.boolean().optional(),
  contact: vine.string().uuid().optional(),
})
