declare module 'virtual:emojis-*' {
  import type { EmojiData } from 'frimousse';

  const data: EmojiData;
  export default data;
}
