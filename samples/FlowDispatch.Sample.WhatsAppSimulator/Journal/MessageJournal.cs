using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace FlowDispatch.Sample.Simulator;

/// <summary>
/// An append-only file of JSON lines: messages, and how many of their receipts are settled. A line is with the operating
/// system when it is appended, so it outlives this process at whatever moment that is killed (but not the machine).
/// Callers take turns; reading <see cref="Lines"/> may go on beside them.
/// </summary>
internal sealed class MessageJournal : IDisposable
{
    private const int MostNeighbours = 100;

    private readonly SafeFileHandle _lock;
    private readonly SafeFileHandle _file;
    private long _end;

    private MessageJournal(string path, SafeFileHandle @lock, SafeFileHandle file)
    {
        FilePath = path;
        _lock = @lock;
        _file = file;
        _end = RandomAccess.GetLength(file);
    }

    /// <summary>The file that it keeps.</summary>
    public string FilePath { get; }

    /// <summary>Opens or creates the file and compacts it.</summary>
    /// <param name="path">The file; its folder is created.</param>
    /// <param name="orNext">Whether to take <c>name-2.jsonl</c>, <c>name-3.jsonl</c>, … where other simulators have those before.</param>
    /// <param name="found">Told of every message, where it is now and how many of its receipts are settled.</param>
    /// <exception cref="IOException">Another simulator has the file.</exception>
    /// <exception cref="InvalidDataException">A line of the file is not of a journal.</exception>
    public static MessageJournal Open(string path, bool orNext, Action<MessageHead, JournalPlace, int> found)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var (file, @lock) = Lock(path, orNext);
        try
        {
            JournalCompaction.Run(file, found);
            return new MessageJournal(file, @lock, File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    public JournalPlace Append(KeptMessage message) => Append(JsonSerializer.SerializeToUtf8Bytes(message, SimulatorJson.Options));

    public void Append(IEnumerable<Progress> progress) => Append(ProgressLine.Write(progress));

    public KeptMessage Read(JournalPlace place)
    {
        var line = new byte[place.Length];
        for (var read = 0; read < line.Length;)
        {
            var more = RandomAccess.Read(_file, line.AsSpan(read), place.Offset + read);
            read += more > 0 ? more : throw new InvalidDataException($"The journal ends before byte {place.Offset + place.Length}: something else has shortened it.");
        }

        return JsonSerializer.Deserialize<KeptMessage>(line, SimulatorJson.Options)!;
    }

    /// <summary>All lines up to now; see <see cref="JournalLines.Read"/>.</summary>
    public IEnumerable<(JournalPlace Place, ReadOnlyMemory<byte> Line)> Lines() => JournalLines.Read(_file, _end);

    public void Clear()
    {
        RandomAccess.SetLength(_file, 0);
        _end = 0;
    }

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static (string Path, SafeFileHandle Lock) Lock(string path, bool orNext)
    {
        for (var number = 1; ; number++)
        {
            var file = number == 1 ? path : Path.ChangeExtension(path, null) + $"-{number}{Path.GetExtension(path)}";
            try
            {
                // The lock is a file of its own because compacting replaces the journal.
                return (file, File.OpenHandle(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (orNext && number < MostNeighbours)
            {
                // Somebody has this one. Another trouble of the disk is the same with the last, and is told then.
            }
        }
    }

    private JournalPlace Append(byte[] line)
    {
        var place = new JournalPlace(_end, line.Length);
        RandomAccess.Write(_file, [line, "\n"u8.ToArray()], _end); // if this fails half way, the next line goes over it
        _end += line.Length + 1;
        return place;
    }
}
