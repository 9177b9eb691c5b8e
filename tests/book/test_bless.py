import yaml

from zsr_lib.book.bless import FILE, VERSION, codecheck
from zsr_lib.book.project import Project


def test_the_manifest_of_this_book_is_up_to_date():
    project = Project.find()
    assert (project.root / FILE).read_text() == codecheck(project)


def test_every_output_is_there_once_and_says_how_it_is_made_again():
    project = Project.find()
    content = yaml.safe_load(codecheck(project))
    assert content["version"] == VERSION
    assert content["paper"]["title"]
    assert all(author["name"] for author in content["paper"]["authors"])
    files = [each["file"] for each in content["manifest"]]
    assert len(set(files)) == len(files)
    assert all((project.root / file).exists() for file in files)
    assert {file for file in files if file.endswith(".yaml")} == {
        path.relative_to(project.root).as_posix() for path in (project.root / "reported").glob("*-*/*.yaml")
    }
    assert all("zsr " in each["comment"] for each in content["manifest"])
    assert {file.split("/")[2] for file in files if "/runs/" in file} >= {"eoc-frozen", "sketchy-zscmr"}
