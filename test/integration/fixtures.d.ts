/** Fixtures are bundled as text, because tests in the web host cannot read the checkout. */
declare module '*.ipynb' {
  const text: string;
  export default text;
}
