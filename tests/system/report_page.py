#!/usr/bin/env python3
"""The HTML report, in a browser without a window: it draws without complaints, its marks are what the data say, and it
can be used from the keyboard. Skipped with a notice where there is no chromium or no selenium.
"""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import unittest

from program import bitscale, main, output

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        raise ImportError("chromium and chromedriver")
except ImportError as error:
    print(f"report_page: skipped, {error} missing; scripts/setup.sh test installs what is needed")
    sys.exit(0)


SWEEP = """schema_version: 1
kind: sweep
name: rows
experiment: {machine: stripes_dram, workload: lenet, profile: stripes_100, simulation: {operands: off}}
axes:
  - name: rows
    points:
      - {machine.array.rows.size: 4, machine.array.rows.loops: K 4}
      - {machine.array.rows.size: 8, machine.array.rows.loops: K 8}
      - {machine.array.rows.size: 8, machine.array.rows.loops: K 16}
      - {machine.array.rows.size: 32, machine.array.rows.loops: K 32}
  - {key: machine.clock, values: [300MHz, 600MHz]}
constraints: [cycles < 30000]
objectives: [min area_um2, min cycles]
"""


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name)
        compared = output("compare", "--machines", "dadiannao_dram,stripes_dram", "--workload", "lenet,convnet", "--profile", "stripes_100",
                            "--layers", "conv", "--format", "json")
        (folder / "compare.json").write_text(compared)
        (folder / "reproduce.json").write_text(output("reproduce", "stripes", "--format", "json"))
        (folder / "scaling.json").write_text(output("compare", "--workload", "lenet", "--precision-sweep", "4,8", "--format", "json"))
        (folder / "rows.yaml").write_text(SWEEP)
        # Loops that exceed the axis make two points fail, which the sweep's exit code says.
        store = folder / "rows.sqlite"
        bitscale("sweep", folder / "rows.yaml", "--store", store, "--quiet")
        cls.points = json.loads(output("query", store, "--format", "json"))
        with contextlib.closing(sqlite3.connect(store)) as database:
            cls.stored = dict(zip(("hash", "version"), database.execute("SELECT hash, version FROM sweeps").fetchone()))
        (folder / "widths.json").write_text(output("precision", "accumulator", "tiny", "--format", "json"))
        cls.compared = json.loads(compared)
        cls.checks = json.loads((folder / "reproduce.json").read_text())["checks"]
        cls.page = folder / "report.html"
        output("report", *(folder / f"{name}.json" for name in ("compare", "reproduce", "scaling", "widths")), store, store, "-o", cls.page,
                 "--title", "Serial & <parallel>")
        options = webdriver.ChromeOptions()
        for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1000"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        try:
            cls.driver = webdriver.Chrome(service=webdriver.chrome.service.Service(shutil.which("chromedriver")), options=options)
        except WebDriverException as error:
            cls.folder.cleanup()
            raise unittest.SkipTest(f"chromium does not start here: {error.msg}") from error
        cls.driver.get(f"file://{cls.page}")

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.folder.cleanup()

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def series(self, figure):
        return self.script("return report.figures.get(arguments[0]).getOption().series.map("
                           "(s) => ({name: s.name, data: s.data.map((d) => d && d.value !== undefined ? d.value : d)}))", figure)

    def test_draws_without_complaints_and_fetches_nothing(self):
        self.assertTrue(self.script("return report.ready"))
        self.assertEqual([], self.driver.get_log("browser"))
        self.assertEqual([], self.script("return performance.getEntriesByType('resource').map((entry) => entry.name)"))

    def test_title_is_text(self):
        self.assertEqual("Serial & <parallel>", self.driver.title)
        self.assertEqual("Serial & <parallel>", self.driver.find_element(By.TAG_NAME, "h1").text)

    def test_every_figure_has_marks_and_a_name(self):
        names = self.script("return [...report.figures.keys()]")
        for name in ("speedup", "energy_gain", "energy", "cycles", "layer_energy", "layer_cycles", "slots", "verdicts", "energy_bits", "array_bits",
                     "supply_bits", "energy_supply", "pareto", "width_0", "roofline"):
            self.assertIn(name, names)
            chart = self.driver.find_element(By.CSS_SELECTOR, f"#figure-{name} .chart")
            self.assertTrue(chart.get_attribute("aria-label"))
            self.assertGreater(len(chart.find_elements(By.CSS_SELECTOR, "svg path")), 3, name)

    def test_width_curves_rise_to_exact_sums(self):
        curve = next(series for series in self.series("width_0") if series["name"] == "SQNR, saturating")["data"]
        self.assertEqual([bits for bits, _ in curve], sorted(bits for bits, _ in curve))
        self.assertEqual(curve[-1][1], 100)

    def test_speedup_bars_are_the_speedups_and_their_means(self):
        machine = "stripes_dram"
        expected = [run["speedup"] for run in self.compared["runs"] if run["machine"] == machine]
        expected += [mean["speedup"] for mean in self.compared["geometric_means"] if mean["machine"] == machine]
        drawn = next(series for series in self.series("speedup") if series["name"] == machine)
        self.assertEqual(expected, drawn["data"])

    def test_energy_bars_sum_to_the_energy_of_the_runs(self):
        sums = [0.0] * len(self.compared["runs"])
        for series in self.series("energy"):
            sums = [total + part for total, part in zip(sums, series["data"])]
        energies = {(run["machine"], run["workload"]): run["result"]["totals"]["energy_pJ"] for run in self.compared["runs"]}
        expected = [energies[run["machine"], run["workload"]] / energies[run["baseline"], run["workload"]] for run in self.compared["runs"]]
        for drawn, wanted in zip(reversed(sums), expected):
            self.assertAlmostEqual(drawn, wanted, places=6)

    def test_every_published_figure_has_a_point_and_every_figure_a_row(self):
        points = next(series for series in self.series("verdicts") if series["name"] == "figures")
        self.assertEqual(len([check for check in self.checks if check["published"]]), len(points["data"]))
        rows = self.driver.find_elements(By.CSS_SELECTOR, "#published tbody tr")
        self.assertEqual(len(self.checks), len(rows))

    def test_brushed_points_fill_the_table(self):
        rows = "#sweep tbody tr"
        self.assertEqual(8, len(self.driver.find_elements(By.CSS_SELECTOR, rows)))
        self.assertIn("product is at most", self.driver.find_element(By.CSS_SELECTOR, "#sweep tbody").text)
        brush = "report.figures.get('pareto').dispatchAction({type: 'brush', areas: arguments[0]})"
        ended = [point for point in self.points if point["status"] == "ok"]
        least = min(point["cycles"] for point in ended)
        area = {"brushType": "rect", "xAxisIndex": 0, "yAxisIndex": 0, "coordRange": [[0, least + 0.5], [0, 1e15]]}
        self.script(brush, [area])
        wanted = sum(point["cycles"] == least for point in ended)
        self.wait_for(lambda: len(self.driver.find_elements(By.CSS_SELECTOR, rows)) == wanted)
        self.script(brush, [])
        self.wait_for(lambda: len(self.driver.find_elements(By.CSS_SELECTOR, rows)) == 8)

    def test_a_legend_of_several_lines_moves_the_plot_down(self):
        tops = self.script("return [2000, 200].map((width) => fitted({legend: {}, grid: {top: 44}, series: "
                           "['one', 'two', 'three', 'four'].map((n) => ({name: `the component ${n}`}))}, width, true).grid.top)")
        self.assertEqual(tops[0], 44)
        self.assertGreater(tops[1], 44 + 2 * 20)

    def test_two_sweeps_have_a_figure_each(self):
        self.assertEqual(self.series("pareto"), self.series("pareto_2"))
        for section in ("sweep", "sweep_2"):
            chart = self.driver.find_element(By.CSS_SELECTOR, f"#{section} .chart")
            self.assertGreater(len(chart.find_elements(By.CSS_SELECTOR, "svg path")), 3, section)

    def test_pareto_front_is_what_no_point_beats(self):
        front = next(series for series in self.series("pareto") if series["name"] == "Pareto front")["data"]
        points = {(point["cycles"], point["area_um2"]) for point in self.points if point["feasible"]}
        expected = [list(p) for p in points if not any(q[0] <= p[0] and q[1] <= p[1] and q != p for q in points)]
        self.assertEqual(sorted(expected), front)

    def test_points_that_miss_a_constraint_are_drawn_but_not_on_the_front(self):
        missed = next(series for series in self.series("pareto") if series["name"] == "not feasible")["data"]
        expected = [[point["cycles"], point["area_um2"]] for point in self.points if point["status"] == "ok" and not point["feasible"]]
        self.assertEqual(expected, missed)
        self.assertTrue(missed)

    def test_points_are_those_of_the_store(self):
        drawn = self.script("return readModel(JSON.parse(document.getElementById('data').textContent).inputs).sweeps[0].points")
        hashes = ("key", "result_digest")
        self.assertEqual([{name: value for name, value in point.items() if name not in hashes} for point in self.points], drawn)

    def test_a_sweep_says_what_ran_and_where_it_comes_from(self):
        section = self.driver.find_element(By.ID, "sweep").text
        self.assertIn("machine stripes_dram; workload lenet; profile stripes_100;", section)
        self.assertIn("rows (4), machine.clock (2)", section)
        provenance = self.driver.find_element(By.ID, "provenance").text
        for text in ("base: machine stripes_dram", "base: simulation.operands off", "constraint cycles < 30000", "objectives min area_um2, min cycles",
                     "axis: rows machine.array.rows.size, machine.array.rows.loops", self.stored["hash"], f"bitscale {self.stored['version']}"):
            self.assertIn(text, provenance)

    def test_keys_are_headings_as_they_are_set(self):
        heads = self.script("return [...document.querySelectorAll('#sweep th')].map((head) => head.textContent)")
        self.assertEqual(["machine.array.rows.size", "machine.array.rows.loops", "machine.clock"], heads[2:5])

    def test_keys_of_one_axis_with_one_value_share_a_column(self):
        sweep = {"keys": ["a.b_c", "a.d", "e"], "axes": [{"name": "x", "keys": ["a.b_c", "a.d"]}, {"name": "e", "keys": ["e"]}],
                 "points": [{"a.b_c": "1", "a.d": "1", "e": "1"}, {"a.b_c": "2", "a.d": "2", "e": "1"}]}
        names = "return distinctKeys(arguments[0]).map((key) => axisTitle(arguments[0], key))"
        self.assertEqual(["a.b_c and 1 more", "e"], self.script(names, sweep))
        sweep["points"][1]["a.d"] = "3"
        self.assertEqual(["a.b_c", "a.d", "e"], self.script(names, sweep))

    def test_a_front_of_some_objectives_says_so(self):
        captions = ("const model = readModel(JSON.parse(document.getElementById('data').textContent).inputs); let text;"
                    "sweepSection({...model.sweeps[0], objectives: arguments[0]}, (figure) => { text = figure.text; return {}; }); return text")
        objectives = [{"metric": metric, "more": False} for metric in ("cycles", "energy_pJ", "area_um2")]
        self.assertIn("The sweep has 3 objectives", self.script(captions, objectives))
        self.assertNotIn("objectives, and", self.script(captions, objectives[:2]))

    def test_marks_of_machines_at_one_place_are_all_seen(self):
        sizes = self.script("return report.figures.get('roofline').getOption().series.filter((s) => s.type === 'scatter').map((s) => s.symbolSize)")
        self.assertEqual(sorted(set(sizes)), sizes)
        fills = self.script("return report.figures.get('roofline').getOption().series.filter((s) => s.type === 'scatter').map((s) => s.itemStyle.color)")
        self.assertEqual(["none"] * (len(fills) - 1), fills[1:])

    def test_settings_count_and_read_as_quantities(self):
        self.assertEqual(self.script("return ['600MHz', '0.85V', '1e9Hz', 'K 4', '7'].map(settingNumber)"), [6e8, 0.85, 1e9, None, 7])
        self.assertEqual(self.script("return ['600000000Hz', '0.85V', 'K 4', '7'].map(settingText)"), ["600 MHz", "850 mV", "K 4", "7"])

    def test_one_network_is_drawn_at_a_time(self):
        sweep = {"shown": 2, "columns": {"index": [0, 1], "status": {"same": "ok"}, "workload": ["lenet", "convnet"], "cycles": [3, 2], "energy_pJ": [2, 1]},
                 "keys": ["workload"], "axes": [], "done": 2, "candidates": 2, "objectives": []}
        data = self.script("let figure; const nodes = sweepSection({...arguments[0], points: pointsOf(arguments[0])}, (one) => { figure = one; "
                           "return {node: null, redraw() {}}; }); const before = figure.option().series.at(-1).data; const select = "
                           "nodes[1].querySelector('label:last-child select'); select.value = 'convnet'; select.dispatchEvent(new Event('change')); "
                           "return [before, figure.option().series.at(-1).data]", sweep)
        self.assertEqual([[[3, 2]], [[2, 1]]], data)

    def test_one_objective_is_drawn_against_another_metric(self):
        sweep = {"shown": 1, "columns": {"index": [0], "status": ["ok"], "cycles": [3], "energy_pJ": [2.5]}, "keys": [], "axes": [], "done": 1, "candidates": 1,
                 "objectives": [{"metric": "cycles", "more": False}]}
        names = self.script("let option; sweepSection({...arguments[0], points: pointsOf(arguments[0])}, (figure) => { option = figure.option(); "
                            "return {node: null}; }); return [option.xAxis.name, option.yAxis.name]", sweep)
        self.assertEqual(["energy", "cycles"], names)

    def test_an_axis_of_close_values_tells_its_marks_apart(self):
        texts = self.script("const axis = metricAxis('energy_pJ', [1.790e8, 1.79002e8]); return [1.790e8, 1.79001e8].map(axis.axisLabel.formatter)")
        self.assertNotEqual(*texts)

    def test_an_axis_of_many_values_has_few_colours(self):
        rows = [{"clock": i} for i in range(95)]
        groups = self.script("return colourGroups(arguments[0], 'clock')", rows)
        self.assertEqual([len(members) for _, members in groups], [10] * 9 + [5])
        self.assertEqual(groups[0][0], "0 to 9")

    def test_keyboard_sorts_filters_and_reads_marks(self):
        button = self.driver.find_element(By.XPATH, "//section[@id='runs']//th/button[text()='cycles']")
        button.send_keys(Keys.ENTER)
        head = button.find_element(By.XPATH, "..")
        self.assertEqual("ascending", head.get_attribute("aria-sort"))
        column = self.script("return [...arguments[0].parentElement.children].indexOf(arguments[0])", head)
        cells = self.script("return [...document.querySelectorAll('#runs tbody tr')].map((row) => row.children[arguments[0]].textContent)", column)
        numbers = [int(cell.replace(",", "")) for cell in cells]
        self.assertEqual(sorted(numbers), numbers)
        search = self.driver.find_element(By.CSS_SELECTOR, "#published input[type=search]")
        search.send_keys("largest")
        found = self.driver.find_elements(By.CSS_SELECTOR, "#published tbody tr")
        self.assertTrue(found and all("largest" in row.text for row in found))
        search.clear()
        search.send_keys(" ", Keys.BACKSPACE)
        chart = self.driver.find_element(By.CSS_SELECTOR, "#figure-speedup .chart")
        chart.send_keys(Keys.ARROW_RIGHT)
        self.wait_for(lambda: "lenet: 1x" in chart.text)

    def test_two_comparisons_keep_their_own_means(self):
        gains = self.script("return readModel([1, 2].map((i) => ({name: `n${i}`, kind: 'compare', data: arguments[0][i - 1]})))"
                            ".groups.map((group) => gainFigure(group, 'speedup', 'Speed-up', 'speedup').option().series.map((s) => s.data))",
                            [self.compared, dict(self.compared, geometric_means=[dict(mean, speedup=7) for mean in self.compared["geometric_means"]])])
        self.assertEqual([7, 7], [data[-1] for data in gains[1]])
        self.assertNotIn(7, [data[-1] for data in gains[0]])

    def test_paper_is_white_for_readers_in_the_dark(self):
        ground = "return getComputedStyle(document.body).backgroundColor"
        before = self.script(ground)
        self.script("document.documentElement.dataset.scheme = 'dark'; dispatchEvent(new Event('beforeprint'))")
        self.assertEqual("rgb(255, 255, 255)", self.script(ground))
        self.assertEqual("#1b1f24", self.script("return report.figures.get('energy').getOption().textStyle.color"))
        self.script("dispatchEvent(new Event('afterprint'))")
        self.assertEqual("rgb(20, 23, 27)", self.script(ground))
        self.script("delete document.documentElement.dataset.scheme; dispatchEvent(new Event('resize'))")
        self.assertEqual(before, self.script(ground))

    def test_colour_scheme_follows_the_button(self):
        ground = "return getComputedStyle(document.body).backgroundColor"
        before = self.script(ground)
        self.driver.find_element(By.CSS_SELECTOR, "nav button").click()
        self.assertNotEqual(before, self.script(ground))
        self.driver.find_element(By.CSS_SELECTOR, "nav button").click()
        self.assertEqual(before, self.script(ground))

    def test_single_figures_come_as_svg_and_png(self):
        folder = pathlib.Path(self.folder.name)
        output("report", folder / "compare.json", "-o", folder / "one.svg", "--format", "svg", "--figure", "speedup")
        self.assertTrue((folder / "one.svg").read_text().startswith("<svg"))
        output("report", folder / "compare.json", "-o", folder / "one.png", "--format", "png", "--figure", "speedup", "--width", "640")
        picture = (folder / "one.png").read_bytes()
        self.assertEqual(b"\x89PNG", picture[:4])
        self.assertEqual(640, int.from_bytes(picture[16:20], "big"))

    def wait_for(self, condition):
        from selenium.webdriver.support.ui import WebDriverWait
        WebDriverWait(self.driver, 10).until(lambda unused: condition())


if __name__ == "__main__":
    main()
