/** Style sheets are bundled as text and adopted by the shadow root of each output. */
declare module '*.css' {
  const text: string;
  export default text;
}
