// A model that links 150,000 rows into a list for every request, and does so anew in each of three passes over it. Nothing is kept,
// but all of a pass is needed until the next one is done: more than V8's usual young generation holds, so that each collection copies
// it, one link after the other, and much of it goes where only the dear collections come by.
const rowsOfList = 150_000;
export default {
  features: 4,
  predict(values, rows) {
    let list = null;
    for (let i = 0; i < rowsOfList; i++) list = { value: values[i % values.length], next: list };
    for (let pass = 0; pass < 3; pass++) {
      let scaled = null;
      for (let row = list; row !== null; row = row.next) scaled = { value: row.value * 1.01, next: scaled };
      list = scaled;
    }
    return new Float64Array(rows).fill(list.value);
  },
};
