// Breaks a copy of the engine in ways that hosts would fear, one at a time, and shows which seed of the simulation finds each:
//   dotnet run -c Release --project eng/FlowDispatch.Mutations [words of the names of some]
using System.Diagnostics;
using System.Text.Json;
using FlowDispatch.Mutations;

var root = new DirectoryInfo(AppContext.BaseDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "FlowDispatch.sln")))
{
    root = root.Parent;
}

if (root is null)
{
    Console.Error.WriteLine("FlowDispatch.sln is in none of the folders above this program; run it from a clone.");
    return 2;
}

var mutations = JsonSerializer.Deserialize<List<Mutation>>(
    File.ReadAllText(Path.Combine(root.FullName, "eng", "FlowDispatch.Mutations", "mutations.json")), new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
mutations.RemoveAll(m => args.Length > 0 && !args.Any(a => m.Name.Contains(a, StringComparison.OrdinalIgnoreCase)));
var copy = Directory.CreateTempSubdirectory("flowdispatch-mutations-");
var survivors = 0;
try
{
    foreach (var part in (string[])["src", "eng"])
    {
        Copy(new(Path.Combine(root.FullName, part)), Path.Combine(copy.FullName, part));
    }

    foreach (var file in root.GetFiles().Where(f => f.Extension is ".props" or ".json" or ".config" || f.Name == ".editorconfig"))
    {
        file.CopyTo(Path.Combine(copy.FullName, file.Name));
    }

    Console.WriteLine("| what is broken | found by seed | how it shows |\n|---|---|---|");
    foreach (var mutation in mutations)
    {
        var path = Path.Combine(copy.FullName, "src", "FlowDispatch.Core", mutation.File);
        var sound = File.ReadAllText(path);
        File.WriteAllText(path, sound.Replace(mutation.Find, mutation.Put, StringComparison.Ordinal));
        var (built, output) = Run("build", "eng/FlowDispatch.Simulate", "-c", "Release", "-v", "quiet", "-nologo");
        if (!built)
        {
            Console.WriteLine($"| {mutation.Name} | it does not build | {output.Trim().Split('\n')[0]} |");
            survivors++;
        }
        else
        {
            var (held, said) = Run("exec", "eng/FlowDispatch.Simulate/bin/Release/net10.0/FlowDispatch.Simulate.dll", "--seeds", "5000", "--until-broken");
            var lines = said.Split('\n');
            Console.WriteLine(held
                ? $"| {mutation.Name} | NONE of 5,000 | |"
                : $"| {mutation.Name} | {lines[0].Split(' ', ':')[1]} | {lines[1].Trim()} |");
            survivors += held ? 1 : 0;
        }

        File.WriteAllText(path, sound);
    }
}
finally
{
    copy.Delete(recursive: true);
}

Console.WriteLine(survivors == 0 ? $"All {mutations.Count} are found." : $"{survivors} of {mutations.Count} are not found.");
return survivors == 0 ? 0 : 1;

(bool Good, string Output) Run(params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = copy.FullName, RedirectStandardOutput = true, UseShellExecute = false })!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode == 0, output);
}

static void Copy(DirectoryInfo from, string to)
{
    Directory.CreateDirectory(to);
    foreach (var file in from.GetFiles())
    {
        file.CopyTo(Path.Combine(to, file.Name));
    }

    foreach (var folder in from.GetDirectories().Where(d => d.Name is not ("bin" or "obj")))
    {
        Copy(folder, Path.Combine(to, folder.Name));
    }
}
