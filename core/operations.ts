/**
 * The table of operations: what each one does and which inputs it needs, shows, allows or ignores.
 * Faces build their forms and checks from it, the planner its rules; nothing about an operation stands anywhere else.
 */

/** Every operation of the API, in the order in which they are listed. */
export const operationNames = [
  'remove_background', 'inpaint', 'outpaint', 'search_replace', 'search_recolor', 'relight', 'general_edit', 'erase'
] as const

export type Operation = typeof operationNames[number]

/** What a caller may send beside the first image. A lost input is a broken promise; a parameter (seed, steps, …) may be dropped with a warning. */
export const inputNames = [
  'prompt', 'search_prompt', 'select_prompt', 'mask', 'background', 'lighting', 'expansion', 'references'
] as const

export type InputName = typeof inputNames[number]

/**
 * - `required`: the operation is meaningless without it, its absence is an EDIT_ERR_INVALID_REQUEST;
 * - `shown`: optional, a form shows it;
 * - `allowed`: optional, for callers who know it;
 * - absent: ignored, with a warning in the answer when it was sent.
 */
export type InputUse = 'required' | 'shown' | 'allowed'

export interface OperationInfo {
  readonly label: string
  readonly description: string
  /** It usually takes long enough (over ten seconds) for a client to show progress. */
  readonly slow: boolean
  readonly inputs: Readonly<Partial<Record<InputName, InputUse>>>
  /** At least one of these inputs must be present. */
  readonly requiresOneOf?: readonly InputName[]
  /**
   * What it means when a model gives the picture back as it was:
   * - `failure`: it did nothing, whatever it says; the caller has paid for a picture that is there already;
   * - `even`: so too, unless what was to be edited was like its surroundings;
   * - `legal`: that is no sign of a failure, others tell.
   */
  readonly unchanged: 'failure' | 'even' | 'legal'
  /** A form shows a field for the `negative_prompt` parameter. */
  readonly showsNegativePrompt: boolean
}

export const operations: Readonly<Record<Operation, OperationInfo>> = {
  remove_background: {
    label: 'Remove background',
    description: 'Cuts the subject out: the background becomes transparent.',
    slow: false,
    inputs: {},
    // The subject keeps its colours: what must change is the transparency.
    unchanged: 'legal',
    showsNegativePrompt: false
  },
  inpaint: {
    label: 'Inpaint',
    description: 'Paints the masked region anew, as the prompt says.',
    slow: false,
    inputs: { prompt: 'required', mask: 'shown', references: 'allowed' },
    unchanged: 'failure',
    showsNegativePrompt: true
  },
  outpaint: {
    label: 'Outpaint',
    description: 'Extends the image beyond its edges.',
    slow: false,
    inputs: { expansion: 'required', prompt: 'allowed' },
    // The image itself stays; that it did not grow shows in its size.
    unchanged: 'legal',
    showsNegativePrompt: true
  },
  search_replace: {
    label: 'Search and replace',
    description: 'Finds what the search prompt names and replaces it by what the prompt says.',
    slow: false,
    inputs: { prompt: 'required', search_prompt: 'required', mask: 'shown' },
    // When nothing was found too: another model may find it.
    unchanged: 'failure',
    showsNegativePrompt: false
  },
  search_recolor: {
    label: 'Search and recolor',
    description: 'Finds what the select prompt names and gives it the colour that the prompt says.',
    slow: false,
    inputs: { prompt: 'required', select_prompt: 'required', mask: 'shown' },
    unchanged: 'failure',
    showsNegativePrompt: false
  },
  relight: {
    label: 'Replace background and relight',
    description: 'Places the subject before another background and matches its light.',
    slow: true,
    inputs: { background: 'shown', lighting: 'shown', prompt: 'allowed' },
    requiresOneOf: ['background', 'lighting'],
    unchanged: 'failure',
    showsNegativePrompt: false
  },
  general_edit: {
    label: 'General edit',
    description: 'Edits the whole image by instruction.',
    slow: false,
    inputs: { prompt: 'required', mask: 'shown', references: 'allowed' },
    unchanged: 'failure',
    showsNegativePrompt: true
  },
  erase: {
    label: 'Erase',
    description: 'Removes what the mask covers and fills the gap from its surroundings.',
    slow: false,
    inputs: { mask: 'required' },
    // Where nothing stands out there is nothing to be seen of an erasure.
    unchanged: 'even',
    showsNegativePrompt: false
  }
}
