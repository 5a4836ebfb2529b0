import { KernelError } from '#core/errors/kernel_error'

/** There is no such conversation in this account */
export class ConversationUnknownError extends KernelError {
  static override readonly code = 'E_CONVERSATION_UNKNOWN'
  static override readonly status = 404
  override readonly asPage = true
  override readonly translation = { key: 'conversations.errors.unknown', data: {} }

  constructor(id: string) {
    super(`There is no conversation ${id} in this account`)
  }
}

/** An operator's word that cannot be one, or is there already */
export class OptWordError extends KernelError {
  static override readonly code = 'E_OPT_WORD'
  static override readonly status = 422
  override readonly field = 'word'
  override readonly translation: {
    readonly key: string
    readonly data: { readonly word: string }
  }

  constructor(why: 'empty' | 'long' | 'known', word: string) {
    super(`The word "${word}" is ${why}`)
    this.translation = { key: `conversations.errors.word_${why}`, data: { word } }
  }
}
