/**
 * MQTT topic filters: levels between slashes, `+` for any one level, `#` at the end for any number of them.
 * Spec: MQTT 3.1.1 §4.7.
 * @module
 */

// [MQTT-4.7.3-3] A topic is at most this many bytes of UTF-8.
const MAX_TOPIC_BYTES = 65_535;

export function isTopicFilter(filter: string): boolean {
  // [MQTT-4.7.3-1] at least one character; [MQTT-4.7.3-2] no NUL
  if (filter === '' || filter.includes('\0') || Buffer.byteLength(filter) > MAX_TOPIC_BYTES)
    return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1; // [MQTT-4.7.1-2]
    return level === '+' || !/[+#]/.test(level); // [MQTT-4.7.1-3]
  });
}

/** Answers for one filter, which is cut into its levels once. */
export function createTopicMatch(filter: string): (topic: string) => boolean {
  if (!/[+#]/.test(filter)) return (topic) => topic === filter;
  const levels = filter.split('/');
  const isOpenEnded = levels.at(-1) === '#';
  const fixed = isOpenEnded ? levels.slice(0, -1) : levels;
  return (topic) => {
    // [MQTT-4.7.2-1] What begins with $ is the broker's own.
    if (topic.startsWith('$') && !filter.startsWith('$')) return false;
    const heard = topic.split('/');
    // `a/#` takes `a` as well.
    if (isOpenEnded ? heard.length < fixed.length : heard.length !== fixed.length) return false;
    return fixed.every((level, index) => level === '+' || level === heard[index]);
  };
}
