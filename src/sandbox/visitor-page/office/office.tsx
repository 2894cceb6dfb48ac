export function Office() {
  return <p>Back office</p>;
}
